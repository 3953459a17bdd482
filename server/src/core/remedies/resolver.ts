/** Lets nginx look a backend's name up at run time: a DNS server to ask, and a variable, without which it asks at the start only. */
import { insertionBefore, writtenArgs } from '../project/edit';
import type { Pass } from '../project/links';
import type { Project } from '../project/project';
import { inForce, isHostName, settingsAnchor, settingsBlock } from '../project/settings';
import { systemOf } from '../project/system';
import { defineRemedy, RELOAD } from './remedy';

/** The DNS server that Docker gives its containers. */
const DOCKER = ['127.0.0.11', 'valid=10s'];

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'resolver',
  title: 'Look the backend’s name up at run time',
  when: 'The error log shows "no resolver defined to resolve …", or the backend has a new address since nginx was started.',
  time: '5 min',
  risk: 'Low: the DNS server must know the name; nginx asks neither /etc/hosts nor search domains',
  why: `Inserts a \`resolver\` and, where the pass names the host itself, a variable in its place: each alone does nothing. The DNS server is
the one that the rest of the configuration asks, or \`127.0.0.11\` where a Compose file runs nginx; any other is for a person to name:
what \`/etc/resolv.conf\` says. A pass with a path behind the host stays as it is, because with a variable nginx would no longer replace
the location's part of the path by it.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver',
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass',
  ],
  block: `resolver 127.0.0.11 valid=10s; # Docker's; elsewhere the nameserver in /etc/resolv.conf
set $backend app;
proxy_pass http://$backend:3000;`,
  describe: (project, { pass }) => {
    const [address] = (project && server(project, pass)) ?? [];
    const { directive } = pass.at;
    return `Look the name up at run time${address ? `, at ${address}` : ''} (resolver${pass.target.dynamic ? '' : ` and a variable in ${directive.called}`})`;
  },
  edits: (project, { pass }) => {
    if (!project) return [];
    const { target, upstream } = pass;
    const { address } = target;
    const set = inForce(project, pass, 'resolver');
    const args = set ? null : server(project, pass);
    if (!set && !args) return [];
    const lines = args ? [`resolver ${args.join(' ')};`] : [];
    const block = settingsBlock(project, pass);
    const before = { file: block.file, directive: settingsAnchor(pass, block) ?? pass.at.directive };
    if (target.dynamic) return lines.length > 0 ? [insertionBefore(project, before, lines)] : [];
    const { file } = pass.at;
    const { start } = pass.addressSpan;
    if (upstream || !isHostName(address) || target.uri !== null || before.file !== file) return [];
    // nginx refuses "proxy_redirect default" beside a pass with variables.
    if (project.effective(pass.at, 'proxy_redirect').some(({ directive }) => directive.values[1] === 'default'))
      return [];
    const end = start + address.host.length;
    if (project.nginx(file)!.text.slice(start, end).toLowerCase() !== address.host.toLowerCase()) return [];
    const name = `$backend_${address.host.replace(/\W/g, '_')}`;
    return [
      insertionBefore(project, before, [...lines, `set ${name} ${address.host};`]),
      { file, span: { start, end }, newText: name },
    ];
  },
  apply: () => [RELOAD],
});

/** The DNS server to ask, as far as the files tell. */
function server(project: Project, { at: { file } }: Pass): readonly string[] | null {
  const near = project.together(file);
  const [other] = project.named('resolver').filter((each) => near.has(each.file));
  if (other) return writtenArgs(project, other);
  return systemOf(project).containersOf(file).length > 0 ? DOCKER : null;
}
