/** The directives that govern a pass: where new ones go, what is in force, what a block would lose by setting its own. */

import { type Address, FAMILIES, type Family, milliseconds } from '../nginx/model';
import { byText } from '../nginx/phrase';
import type { Directive } from '../nginx/tree';
import { kept } from '../text/kept';
import { remembered } from './children';
import type { BlockAt, Wanted } from './edit';
import { writtenArgs } from './edit';
import type { Pass } from './links';
import type { At, Project } from './project';
import type { NginxSource } from './source';

/** The block in which timeouts, TLS and retries of a pass are set: its location, because an `if` inside takes few of them. */
export function settingsBlock(project: Project, pass: Pass): BlockAt {
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    const name = block.directive.called;
    if (name === 'location' || name === 'server') return block;
  }
  return { file: pass.at.file, directive: null };
}

/** Where in that block: behind the pass, or behind the `if` that holds it. */
export function settingsAnchor(pass: Pass, block: BlockAt): Directive | null {
  if (block.file !== pass.at.file) return null;
  let directive: Directive = pass.at.directive;
  while (directive.parent && directive.parent !== block.directive) directive = directive.parent;
  return directive.parent === block.directive ? directive : null;
}

/** Does any file say when the next server is tried? */
export function setsFailover(project: Project): boolean {
  return FAILOVER.some(project.isUsed);
}

const FAILOVER = FAMILIES.flatMap((family) => [`${family}_next_upstream`, `${family}_next_upstream_tries`]);

/** The directive in force for a pass, the last one where several stand in one block; null when nginx's default is. */
export function inForce(project: Project, pass: Pass, name: string): At | null {
  const found = project.effective(pass.at, name);
  return found[found.length - 1] ?? null;
}

/** Milliseconds of the time in force, `fallback` where the default is; null for a value that only a run can tell. */
export function timeInForce(project: Project, pass: Pass, name: string, fallback: number): number | null {
  const at = inForce(project, pass, name);
  return at ? milliseconds(at.directive.values[1] ?? '') : fallback;
}

/**
 * The `proxy_set_header` lines that a pass inherits and would lose as soon as its block sets one of its own; empty when
 * the block already has some.
 */
export function inheritedHeaders(project: Project, pass: Pass): Wanted[] {
  const block = settingsBlock(project, pass);
  const name = `${pass.target.family}_set_header`;
  if (project.children(block.file, block.directive).has(name)) return [];
  return project.effective(pass.at, name).map((at) => ({ name, args: writtenArgs(project, at), key: 1 }));
}

/** Not made anew for each pass. */
const SET_HEADER = Object.fromEntries(FAMILIES.map((family) => [family, `${family}_set_header`])) as Record<
  Family,
  string
>;

/** The value in force of a request header that nginx sends upstream; null when nginx's default is. */
export function headerInForce(project: Project, pass: Pass, header: string): string | null {
  const { family } = pass.target;
  if (!isHeaderNamed(project, family, header)) return null;
  const name = SET_HEADER[family];
  for (const { directive } of project.effective(pass.at, name)) {
    if (directive.values[1]?.toLowerCase() === header.toLowerCase()) return directive.values[2] ?? '';
  }
  return null;
}

/** Does any file set that request header? Few files name any of those that matter. */
export function isHeaderNamed(project: Project, family: Family, name: string): boolean {
  const { rest, nginxSources } = project;
  const directive = SET_HEADER[family];
  const header = name.toLowerCase();
  const others = remembered(rest, `headers of ${directive}`, () => {
    const all = new Set<string>();
    for (const source of nginxSources)
      if (source.file !== rest.file) for (const each of headersIn(source, directive)) all.add(each);
    return all;
  });
  if (others.has(header)) return true;
  const edited = rest.file === null ? null : project.nginx(rest.file);
  return edited !== null && headersIn(edited, directive).has(header);
}

const headersIn = kept((source: NginxSource, name: string) => new Set(source.named(name).map(headerOf)));

const headerOf = byText((directive) => directive.values[1]?.toLowerCase() ?? '');

/** A DNS name: not an IP address, not a socket. */
export function isHostName(address: Address): address is Address & { kind: 'tcp' } {
  return address.kind === 'tcp' && /[A-Za-z]/.test(address.host) && !address.host.startsWith('[');
}

/**
 * The name to ask a TLS upstream for, where nginx's default ($proxy_host) would be an IP address or the name of an
 * upstream group; null when the default is right or a name is already set.
 */
export function tlsName(project: Project, pass: Pass): string | null {
  if (inForce(project, pass, `${pass.target.family}_ssl_name`)) return null;
  if (!pass.upstream && (pass.target.dynamic || isHostName(pass.target.address))) return null;
  const host = headerInForce(project, pass, 'Host');
  if (host && !host.includes('$')) return host;
  if (groupIsHost(pass)) return null;
  const names = new Set(pass.endpoints.map(({ address }) => (isHostName(address) ? address.host : null)));
  const [only] = names;
  return names.size === 1 && only ? only : '$host';
}

/**
 * What tells a TLS upstream who is meant: the name in the handshake, and where nginx would take the name of a group or an address
 * for it, the one to ask for instead and the same as `Host`, which backends with many names go by.
 */
export function serverNameSettings(project: Project, pass: Pass): Wanted[] {
  const { family } = pass.target;
  const name = tlsName(project, pass);
  const host = name && family === 'proxy' && headerInForce(project, pass, 'Host') === null ? name : null;
  return [
    { name: `${family}_ssl_server_name`, args: ['on'] },
    ...(name ? [{ name: `${family}_ssl_name`, args: [name] }] : []),
    ...(host
      ? [...inheritedHeaders(project, pass), { name: `${family}_set_header`, args: ['Host', host], key: 1 }]
      : []),
  ];
}

/** Is the name of the group that a pass leads to a host's as well: that of one of its servers, or a full DNS name? */
export function groupIsHost(pass: Pass): boolean {
  const { address } = pass.target;
  if (!pass.upstream || address.kind !== 'tcp') return false;
  const group = address.host.toLowerCase();
  if (/\..*[a-z]$/.test(group)) return true;
  return pass.endpoints.some(
    (endpoint) => isHostName(endpoint.address) && endpoint.address.host.toLowerCase() === group,
  );
}

export interface NginxUser {
  readonly user: string;
  /** The group nginx is told; its own name by default. */
  readonly group: string;
  readonly at: At;
}

/** The user that nginx's workers run as, when a main file in view says so. */
export function nginxUser(project: Project, near: string): NginxUser | null {
  const together = project.together(near);
  const found = project.named('user').filter(({ directive, file }) => !directive.parent && together.has(file));
  const roots = project.structure.roots.filter(({ files }) => files.has(near));
  const own = found.find(({ file }) => roots.some(({ files }) => files.has(file)));
  // A fragment may be any of several main files'.
  const users = new Set(found.map(({ directive }) => directive.values[1]));
  const at = own ?? (users.size === 1 ? found[0] : undefined);
  const [user, group] = at?.directive.args ?? [];
  return at && user && !user.template ? { user: user.value, group: group?.value ?? user.value, at } : null;
}

/** Is everything that can govern `at` in view, up to the main file? What a fragment inherits from elsewhere is not. */
export function isComplete(project: Project, at: At): boolean {
  let top = at;
  for (let next: At | null = at; next; next = project.parent(next)) top = next;
  return project.includers(top.file).length > 0 || project.contexts(top.file).includes('main');
}

/** Files that nginx packages bring along: none of them sets how an upstream is spoken to, but for the four plain headers. */
export const PACKAGED =
  /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf|snippets\/(?:fastcgi-php|snakeoil)\.conf|koi-utf|koi-win|win-utf)$/;

/** May a file that is included around `at`, but is not in view, or a template's own statement, set what seems to be missing here? */
export function mayBeSetOutOfView(project: Project, at: At): boolean {
  for (let block = project.parent(at); block; block = project.parent(block)) {
    if (block.directive.block?.templated) return true;
    for (const { file, directive } of project.children(block.file, block.directive).get('include') ?? []) {
      const written = directive.values[1] ?? '';
      if (PACKAGED.test(written)) continue;
      if (project.resolved.get(project.includePattern(file, directive))?.error) return true;
    }
  }
  return false;
}

/** Is the `server` block around `at` in view? What stands further out seldom governs a single location. */
export function serverInView(project: Project, at: At): boolean {
  for (let block = project.parent(at); block; block = project.parent(block)) {
    if (block.directive.called === 'server') return true;
  }
  return isComplete(project, at);
}
