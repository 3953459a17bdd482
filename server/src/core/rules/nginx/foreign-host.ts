/** Points out a Host header that a foreign TLS host cannot know: the name of a group, or the name that the client asked this server for. */
import { setDirectives } from '../../project/edit';
import type { Pass } from '../../project/links';
import { passesOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { isPlain } from '../../project/references';
import {
  groupIsHost,
  headerInForce,
  inForce,
  inheritedHeaders,
  isHostName,
  mayBeSetOutOfView,
  settingsAnchor,
  settingsBlock,
  tlsName,
} from '../../project/settings';
import type { Edit } from '../../text/edit';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/foreign-host',
  language: 'nginx',
  severity: 'information',
  title: 'A foreign host is asked for a name that is not its own',
  why: `nginx sends the host of \`proxy_pass\` as the \`Host\` header. For an \`upstream\` group that is the name of the group, which no foreign host
knows. With \`proxy_set_header Host $host\`, right for an application of one's own, a host of others is asked for the name of this
server. CDNs and hosts with many names answer **404**, **403** or **421** (Misdirected Request), or send a redirect back to this
server. Set \`Host\` to the name that is meant; \`$proxy_host\` is the one in \`proxy_pass\`.

Told only for \`https://\` and full public names of another domain than the \`server_name\`; not for load balancers of clouds, which hand
on any name, and not for names such as \`origin.example.com\`, which mostly are one's own.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'tls')) {
      const { target } = pass;
      if (target.family !== 'proxy' || target.dynamic || !isPlain(project, source.file)) continue;
      const hosts = foreignHosts(pass);
      if (!hosts || mayBeSetOutOfView(project, pass.at)) continue;
      if (!isOfOthers(project, pass, hosts)) continue;
      const [host] = hosts;
      const sent = headerInForce(project, pass, 'Host');
      const said = hosts.length === 1 ? `${host} is` : `${host} and others are`;
      if (sent === null) {
        // Where the TLS name is the group's too, that is the first thing to mend, and its fix sets both.
        if (!pass.upstream || groupIsHost(pass) || tlsName(project, pass) !== null) continue;
        const group = pass.upstream.directive.values[1];
        yield {
          span: pass.addressSpan,
          message: `${said} asked for "Host: ${group}", the name of the group: hosts with many names answer 404, 403 or 421. Set proxy_set_header Host ${host}.`,
          related: [{ file: pass.upstream.file, span: pass.upstream.directive.args[0]!, message: 'The group.' }],
          fixes: fixes(project, pass, hosts, null),
        };
      } else if (OWN_NAME.test(sent)) {
        // Who asks for this name in the TLS handshake too has set up the host for it.
        if (OWN_NAME.test(inForce(project, pass, 'proxy_ssl_name')?.directive.values[1] ?? '')) continue;
        const at = hostLine(project, pass);
        if (!at) continue;
        yield {
          span: pass.addressSpan,
          message: `${said} asked for "Host: ${sent}", which is this server's own name: hosts with many names answer 404, 403 or 421. Set Host ${pass.upstream ? host : '$proxy_host'}.`,
          related: [{ file: at.file, span: at.directive, message: 'The Host header is set here.' }],
          fixes: fixes(project, pass, hosts, at),
        };
      }
    }
  },
});

/** The name that the client asked for. */
const OWN_NAME = /^\$\{?(?:host|http_host|server_name)\}?$/;

/** Load balancers, platforms and machines in clouds that take the names of their customers. */
const HANDS_ON =
  /\.(?:elb\.amazonaws\.com|elb\.[a-z0-9-]+\.amazonaws\.com|compute(?:-1)?\.amazonaws\.com|elasticbeanstalk\.com|googleusercontent\.com|cdn\.cloudflare\.net|cloudfront\.net|azurefd\.net|trafficmanager\.net|cloudapp\.azure\.com|fastly\.net|edgekey\.net|edgesuite\.net|akamaized\.net)$/;

/** Names of this network, and of machines behind a name of one's own. */
const OWN =
  /\.(?:local|localhost|internal|intern|lan|corp|home|svc|test|invalid|arpa)$|^(?:origin|backend|upstream|internal|lb|node|host|srv|server|vm|app|web|staging|stage|dev)[\d-]*\./;

/** The hosts that a pass leads to, where all are full public names. */
function foreignHosts(pass: Pass): string[] | null {
  const hosts = new Set<string>();
  for (const { address } of pass.endpoints) {
    if (!isHostName(address)) return null;
    const host = address.host.toLowerCase().replace(/\.$/, '');
    if (!/^[^.]+\..*[a-z]$/.test(host) || OWN.test(host) || HANDS_ON.test(host)) return null;
    hosts.add(host);
  }
  return hosts.size > 0 ? [...hosts] : null;
}

/** Is none of the hosts of a domain that this server answers for? */
function isOfOthers(project: Project, pass: Pass, hosts: readonly string[]): boolean {
  let server: At | null = pass.at;
  while (server && server.directive.called !== 'server') server = project.parent(server);
  if (!server) return false;
  const names = (project.children(server.file, server.directive).get('server_name') ?? []).flatMap(
    ({ directive }) => directive.args,
  );
  // An expression, a template: who knows which names they mean.
  if (names.some(({ value, template }) => template || /[~$]/.test(value))) return false;
  const own = new Set(names.map(({ value }) => domainOf(value.toLowerCase().replace(/^[.*]+/, ''))));
  return hosts.every((host) => !own.has(domainOf(host)));
}

/** `example.com` of `api.example.com`, `example.co.uk` of `www.example.co.uk`. */
function domainOf(host: string): string {
  const labels = host.split('.');
  const isSecondLevel =
    /^(?:com?|org|net|gov|edu|ac|go|or|ne)$/.test(labels.at(-2) ?? '') && labels.at(-1)?.length === 2;
  return labels.slice(isSecondLevel ? -3 : -2).join('.');
}

function hostLine(project: Project, pass: Pass): At | undefined {
  return project
    .effective(pass.at, 'proxy_set_header')
    .find(({ directive }) => directive.values[1]?.toLowerCase() === 'host');
}

/** Not where a file that others read too says it. */
function fixes(project: Project, pass: Pass, hosts: readonly string[], at: At | null) {
  const host = pass.upstream ? hosts[0]! : '$proxy_host';
  if (hosts.length > 1 || (at !== null && at.file !== pass.at.file)) return [];
  const edits = (): Edit[] => {
    const block = settingsBlock(project, pass);
    const kept = inheritedHeaders(project, pass).filter(({ args }) => !/^["']?host["']?$/i.test(args[0] ?? ''));
    return setDirectives(
      project,
      block,
      [...kept, { name: 'proxy_set_header', args: ['Host', host], key: 1 }],
      settingsAnchor(pass, block),
    );
  };
  return [{ ...mend('nginx/foreign-host', `Ask for the host's own name (Host ${host})`, []), edits }];
}
