/** Tries the next server of a group when one fails. */
import { signatures } from '../nginx/catalogue';
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import type { Project } from '../project/project';
import { inForce, settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

const CONDITIONS = ['error', 'timeout', 'http_502', 'http_503'];

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'failover',
  title: 'Try the next server when one fails',
  when: 'A group has several servers, and one of them being down must not reach the client.',
  time: '10 min',
  risk: 'Low: requires testing the failover; a request that was not yet sent is repeated',
  why: `Inserts \`*_next_upstream error timeout http_502 http_503\` (the conditions that the protocol knows), \`*_next_upstream_tries 3\` and
\`*_next_upstream_timeout 10s\`. nginx retries on \`error\` and \`timeout\` by default; \`off\`, or a single try, switches that off. A POST
is repeated only while it has not been sent, unless \`non_idempotent\` is added.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream'],
  block: `proxy_next_upstream error timeout http_502 http_503;
proxy_next_upstream_tries 3;
proxy_next_upstream_timeout 10s;`,
  describe: (_, { pass }) => `Try the next server of the group when one fails (${pass.target.family}_next_upstream)`,
  edits: (project, { pass }) => {
    if (!project) return [];
    const block = settingsBlock(project, pass);
    const name = `${pass.target.family}_next_upstream`;
    const tries = inForce(project, pass, `${name}_tries`)?.directive.values[1];
    return setDirectives(
      project,
      block,
      [
        { name, args: conditions(project, pass, name) },
        ...(tries === undefined || tries === '1' ? [{ name: `${name}_tries`, args: ['3'] }] : []),
        ...(inForce(project, pass, `${name}_timeout`) ? [] : [{ name: `${name}_timeout`, args: ['10s'] }]),
      ],
      settingsAnchor(pass, block),
    );
  },
  apply: () => [RELOAD],
});

/** The documented conditions, as far as the family knows them, added to those that are already in force. */
function conditions(project: Project, pass: Pass, name: string): string[] {
  const known = signatures(name).find(({ value }) => value === 'bitmask')?.words ?? CONDITIONS;
  const present = inForce(project, pass, name)?.directive.args.map(({ value }) => value) ?? [];
  return [
    ...new Set([...present.filter((word) => word !== 'off'), ...CONDITIONS.filter((word) => known.includes(word))]),
  ];
}
