/** Flags TLS to an upstream that lacks a file: the key of a certificate, or the authorities to verify with. */
import { isOlder } from '../../nginx/version';
import { governing, serverBlocks, valueIn } from '../../project/governing';
import { passesOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import {
  type Clash,
  clashesIn,
  type Instance,
  isLiteral,
  isWhole,
  kindOf,
  spanNginxNames,
} from '../../project/references';
import { inForce } from '../../project/settings';
import { defineRule } from '../rule';

interface Lack extends Clash {
  readonly message: string;
}

export default defineRule({
  id: 'nginx/upstream-tls-files',
  language: 'nginx',
  severity: 'error',
  title: 'TLS to the upstream lacks a file',
  why: `A certificate that nginx shows to an upstream (\`proxy_ssl_certificate\`, \`grpc_…\`, \`uwsgi_…\`) needs its key
(\`…_ssl_certificate_key\`), and \`…_ssl_verify on\` needs the authorities (\`…_ssl_trusted_certificate\`). nginx looks for them where
it sets up TLS: at each pass with \`https://\`, \`grpcs://\`, \`suwsgi://\` or a variable, and in \`stream\` at each server with
\`proxy_ssl on\`. It refuses to start and names no line.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_certificate'],
  *check(source, project) {
    if (!source.own.includes('_pass') && !source.own.includes('proxy_ssl')) return;
    const { file } = source;
    for (const pass of passesOf(project, source)) {
      const { family, tls, dynamic } = pass.target;
      const isVariable = dynamic && pass.at.directive.values[1]!.includes('$');
      if (!PREFIXES.has(family) || !(tls || isVariable) || kindOf(project, pass.at) !== 'http') continue;
      const get = (name: string): At | null => inForce(project, pass, `${family}_ssl_${name}`);
      // The rule upstream-tls-verify speaks of the authorities at a pass without variables.
      const lack = lackOf(project, family, get, isVariable);
      if (!lack || !isLiteral(project, pass.at) || !isWhole(project, file)) continue;
      const isHere = lack.at.file === file;
      yield {
        span: isHere ? lack.at.directive.name : spanNginxNames(source, pass.at.directive, pass.at.directive.name),
        message: lack.message,
        related: isHere
          ? [{ file, span: pass.at.directive, message: 'TLS is set up for this pass.' }]
          : [{ file: lack.at.file, span: lack.at.directive, message: 'It is set here.' }],
      };
    }
    for (const { again, message } of clashesIn(project, file, 'upstream tls', (instance) =>
      inStream(project, instance),
    )) {
      yield { span: spanNginxNames(source, again.directive, again.directive.name), message };
    }
  },
});

const PREFIXES = new Set(['proxy', 'grpc', 'uwsgi']);

function lackOf(
  project: Project,
  family: string,
  get: (name: string) => At | null,
  verifies: boolean,
): { at: At; message: string } | null {
  const certificate = get('certificate');
  const [word] = certificate?.directive.args ?? [];
  // Before 1.23 an empty certificate wanted a key too.
  const { nginxVersion } = project.options;
  const isSet = word && (word.value !== '' || (nginxVersion !== null && isOlder(nginxVersion, '1.23.0')));
  if (certificate && isSet && !get('certificate_key')) {
    const name = `${family}_ssl_certificate`;
    const message = `${name} "${word.value.slice(0, 100)}" has no ${name}_key: nginx refuses to start. Name the file with its key.`;
    return { at: certificate, message };
  }
  const verify = verifies ? get('verify') : null;
  const trusted = get('trusted_certificate')?.directive.args[0];
  if (verify && valueIn([verify]) === 'on' && (!trusted || trusted.value === '')) {
    const message = `${family}_ssl_verify is on, but no ${family}_ssl_trusted_certificate is set: nginx refuses to start. Name the file with the authorities.`;
    return { at: verify, message };
  }
  return null;
}

function* inStream(project: Project, instance: Instance): Generator<Lack, undefined> {
  if (!instance.complete) return;
  for (const server of serverBlocks(project, instance, 'stream')) {
    const all = (name: string): readonly At[] => governing(project, instance, 'stream', server, name);
    if (valueIn(all('proxy_ssl')) !== 'on') continue;
    const lack = lackOf(project, 'proxy', (name) => all(`proxy_ssl_${name}`).at(-1) ?? null, true);
    if (lack) yield { first: server, again: lack.at, message: lack.message };
  }
}
