/** Flags an upstream name that nginx looks up once, at start, although its address is known to change. */
import { serverSpan, upstreamServer } from '../../nginx/model';
import { byText } from '../../nginx/phrase';
import { isOlder } from '../../nginx/version';
import { setDirectives } from '../../project/edit';
import { passesOf } from '../../project/links';
import type { At, Project } from '../../project/project';
import { isPlain, isWhole } from '../../project/references';
import { isHostName } from '../../project/settings';
import type { NginxSource } from '../../project/source';
import { systemOf } from '../../project/system';
import type { Fix } from '../../remedies/remedy';
import type { Span } from '../../text/span';
import { defineRule, mend } from '../rule';

/** Names that containers, service registries and cloud load balancers give; the address behind them is not theirs for long. */
const MOVING =
  /\.(?:local|internal|svc|consul|elb\.amazonaws\.com|[a-z0-9-]+\.elb\.amazonaws\.com|amazonaws\.com|cloudapp\.azure\.com|azurewebsites\.net|azurecontainerapps\.io|trafficmanager\.net|cloudfront\.net|run\.app|herokuapp\.com|herokudns\.com|fly\.dev|onrender\.com)\.?$/i;

/** The machine itself, as containers call it. */
const FIXED =
  /^(?:localhost|ip6-localhost|(?:host|gateway|kubernetes)\.docker\.internal|host\.containers\.internal|host\.lima\.internal)\.?$/i;

export default defineRule({
  id: 'nginx/stale-dns',
  language: 'nginx',
  severity: 'information',
  title: 'The address of this name is looked up only once',
  why: `A host name that is written out in a pass or in a \`server\` line is looked up when nginx starts or reloads, and never again.
A container that comes back with another address, or a load balancer that moves, makes every request 502:
\`connect() failed (111: Connection refused)\` or \`(113: No route to host)\`, with the old address behind \`upstream:\`, until
nginx is reloaded. From 1.27.3 on \`server name resolve;\` with a \`zone\` in the group and a \`resolver\` looks names up again; before,
a variable as the target and a \`resolver\` (\`127.0.0.11\` in Docker) do. Only names of one word and those of containers,
registries and clouds are reported, each once in a file and together where no fix is at hand; not those whose address a Compose file
gives (\`extra_hosts\`, \`ipv4_address\`).`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve',
    'https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver',
  ],
  *check(source, project) {
    const seen = new Set<string>();
    const plain: Name[] = [];
    for (const name of names(source, project)) {
      const key = name.host.toLowerCase();
      if (seen.has(key) || FIXED.test(key) || (key.includes('.') && !MOVING.test(key))) continue;
      seen.add(key);
      if (hasFixedAddress(project, source.file, key)) continue;
      const mends = name.upstream ? fixes(project, name.at, name.upstream) : [];
      if (mends.length === 0) plain.push(name);
      else yield { span: name.span, message: message(project, [name]), fixes: mends };
    }
    if (plain.length <= MOST_APART) {
      for (const name of plain) yield { span: name.span, message: message(project, [name]) };
    } else {
      // A gateway to dozens of containers has one trait, not dozens of them.
      const [first, ...others] = plain;
      yield {
        span: first!.span,
        message: message(project, plain),
        related: others
          .slice(0, 20)
          .map(({ at, span, host }) => ({ file: at.file, span, message: `"${host}" is too.` })),
      };
    }
  },
});

/** More names than this in one file are one finding, which has no fix. */
const MOST_APART = 1;

function message(project: Project, [first, ...others]: readonly Name[]): string {
  if (others.length === 0)
    return `"${first!.host}" is looked up once, when nginx starts: when its address changes (a container that is made anew, a cloud), requests get 502 until nginx is reloaded. ${advice(project)}`;
  const listed = [first!, ...others.slice(0, 3)].map(({ host }) => `"${host.slice(0, 40)}"`);
  const more = others.length - 3;
  const last = more > 0 ? `${more} more` : listed.pop();
  return `${listed.join(', ')} and ${last} are looked up once, when nginx starts: when an address changes (a container that is made anew, a cloud), its requests get 502 until nginx is reloaded. ${advice(project)}`;
}

/** Does the Compose file itself give nginx's container the address of this host, or the host its address? */
function hasFixedAddress(project: Project, file: string, host: string): boolean {
  const system = systemOf(project);
  const own = system.containersOf(file);
  if (own.length === 0) return false;
  if (own.some(({ service }) => service.fixedHosts.some((each) => each.toLowerCase() === host))) return true;
  const services = system.named(host, own);
  return services.length > 0 && services.every(({ service }) => service.hasFixedAddress);
}

interface Name {
  readonly host: string;
  readonly span: Span;
  readonly at: At;
  readonly upstream: At | null;
}

/** Host names of passes that lead straight to a host, and of `server` lines without `resolve`. */
function* names(source: NginxSource, project: Project): Generator<Name> {
  const { file } = source;
  for (const directive of source.named('server')) {
    const host = directive.block ? null : hostOf(directive);
    if (host === null) continue;
    const upstream = project.parent({ file, directive });
    if (upstream?.directive.called !== 'upstream') continue;
    yield { host, span: serverSpan(directive, upstreamServer(directive)!), at: { file, directive }, upstream };
  }
  for (const pass of passesOf(project, source, 'direct')) {
    const { address } = pass.target;
    if (!isHostName(address)) continue;
    const { host, port } = address;
    // Without a port it may be a group that is not in view.
    if (port === null && !host.includes('.') && !isWhole(project, file)) continue;
    yield { host, span: pass.addressSpan, at: pass.at, upstream: null };
  }
}

/** The host name of a `server` line that is looked up when nginx starts. */
const hostOf = byText((directive) => {
  if (!/[A-Za-z]/.test(directive.values[1] ?? '')) return null;
  const server = upstreamServer(directive);
  if (!server || server.dynamic || server.flags.has('resolve') || server.flags.has('down')) return null;
  return isHostName(server.address) ? server.address.host : null;
});

function advice(project: Project): string {
  return isOlder(project.options.nginxVersion, '1.27.3')
    ? 'A variable as the target with a resolver looks it up again (from 1.27.3 on: "resolve").'
    : '"resolve" in an upstream group with a zone, and a resolver, look it up again.';
}

/** Only where a resolver is in force and nginx is known to have `resolve` is the change certain to load. */
function fixes(project: Project, at: At, upstream: At): Fix[] {
  if (isOlder(project.options.nginxVersion, '1.27.3') || !isPlain(project, at.file) || !isPlain(project, upstream.file))
    return [];
  if (project.effective(at, 'resolver').length === 0) return [];
  const group = upstream.directive.values[1] ?? '';
  const last = at.directive.args[at.directive.args.length - 1]!;
  const zone = project.children(upstream.file, upstream.directive).has('zone');
  return [
    mend('nginx/stale-dns', `Look "${at.directive.values[1]!}" up again whenever its time to live ends (resolve)`, [
      { file: at.file, span: { start: last.end, end: last.end }, newText: ' resolve' },
      ...(zone ? [] : setDirectives(project, upstream, [{ name: 'zone', args: [group, '64k'] }], null)),
    ]),
  ];
}
