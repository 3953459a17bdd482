/** The pages that `error_page` puts in the place of a gateway error: which location nginx asks for them, and which file that is. */
import type { Word } from '../nginx/tree';
import { dirname, normalize, resolve } from '../text/path';
import { isInstalled } from './includes';
import { homeOf } from './meant';
import type { At, Project } from './project';
import { isLiteral, isPlain } from './references';
import { areLocationsRead, locationFor } from './request';
import type { NginxSource } from './source';
import { type Container, pathsNamed, systemOf } from './system';

export interface ErrorPage {
  readonly at: At;
  /** The page, a path without variables. */
  readonly word: Word;
  readonly codes: readonly string[];
  readonly server: At;
  /** Null where no location has the path, so that the server's own settings hold. */
  readonly location: At | null;
}

/** A file of a few hundred pages is one that a program wrote. */
const MOST_PAGES = 500;

/** Those of a file that stand in a server or a location, each page of a block once. */
export function* errorPages(project: Project, source: NginxSource): Generator<ErrorPage> {
  const asked = new Set<string>();
  for (const directive of source.named('error_page')) {
    const { args } = directive;
    const word = args[args.length - 1];
    if (!word || word.template || !/^\/[^$?]*$/.test(word.value)) continue;
    const at = { file: source.file, directive };
    const block = project.parent(at);
    const server = serverAround(project, at);
    if (!block || !server || !isPlain(project, source.file)) continue;
    // One page of a block is like another here.
    const key = `${block.file} ${block.directive.start} ${word.value}`;
    if (asked.has(key) || asked.size > MOST_PAGES) continue;
    asked.add(key);
    const codes = args.slice(0, -1).map(({ value }) => value);
    yield { at, word, codes, server, location: locationFor(project, server, word.value) };
  }
}

function serverAround(project: Project, at: At): At | null {
  for (let block = project.parent(at); block; block = project.parent(block)) {
    if (block.directive.called === 'server') return block;
    if (block.directive.called !== 'location') return null;
  }
  return null;
}

export interface PageFile {
  /** Where nginx looks for the page, as its own machine calls it. */
  readonly path: string;
  /** The same file and the folder of `root` or `alias`, as they are called here. */
  readonly file: string;
  readonly folder: string;
  /** The `root` or `alias` that says so. */
  readonly at: At;
}

/** What may stand beside `root` without that anything but the file is sent. */
const PLAIN =
  /^(?:root|alias|index|internal|allow|deny|satisfy|access_log|error_log|log_not_found|log_subrequest|add_header|expires|default_type|types|charset|error_page|etag|sendfile|ssi|gzip|location|include|proxy_(?!pass|store).*|fastcgi_(?!pass|store).*)$/;

/** Does a location send the file that the path names, and nothing else? */
function isStatic(project: Project, location: At): boolean {
  for (const name of project.children(location.file, location.directive).names()) if (!PLAIN.test(name)) return false;
  return true;
}

/** The file behind a page; null where it is not certain which one that is, or whether its folder can be looked at from here. */
export function pageFile(project: Project, { word, server, location, at }: ErrorPage): PageFile | null {
  const before = project.children(server.file, server.directive);
  if (
    ['rewrite', 'return', 'if', 'try_files', 'rewrite_by_lua_block', 'access_by_lua_block'].some((name) =>
      before.has(name),
    )
  )
    return null;
  if (!areLocationsRead(project, server) || (location && !isStatic(project, location))) return null;
  const holder = location ?? server;
  const here = project.children(holder.file, holder.directive);
  const [alias] = here.get('alias') ?? [];
  const set = alias ?? here.get('root')?.[0] ?? project.effective(holder, 'root')[0];
  const folder = set?.directive.values[1] ?? '';
  if (!set || !isLiteral(project, set) || !/^\/[^$]*$/.test(folder)) return null;
  const rest = alias ? behindLocation(location, word.value) : word.value;
  if (rest === null) return null;
  const path = normalize(folder + (alias ? '' : '/') + rest);
  const file = seenFromHere(project, at.file, path);
  const known = seenFromHere(project, at.file, normalize(folder));
  return file === null || known === null ? null : { path, file, folder: known, at: set };
}

/** The part of a path behind what an aliased location matches. */
function behindLocation(location: At | null, path: string): string | null {
  const words = location?.directive.args.map(({ value }) => value) ?? [];
  const prefix = words.length === 2 && /^(?:=|\^~)$/.test(words[0]!) ? words[1]! : words.length === 1 ? words[0]! : '';
  return prefix.startsWith('/') && path.startsWith(prefix) ? path.slice(prefix.length) : null;
}

/** What nginx calls `path` on the machine that `file` is for, as a file of this one; null where it is another machine's. */
function seenFromHere(project: Project, file: string, path: string): string | null {
  const containers = systemOf(project).containersOf(file);
  if (containers.length > 0) {
    const seen = new Set(containers.flatMap((each) => mountedAt(each, path)));
    const [only] = seen;
    return seen.size === 1 ? only! : null;
  }
  if (isInstalled(file)) return path;
  const home = homeOf(file);
  return home !== '/' && path.startsWith(`${home}/`) ? path : null;
}

/** The file of this machine that a container has at `path`: of the innermost mount; null where a volume of Docker's lies deeper. */
function mountedAt(container: Container, path: string): (string | null)[] {
  const isAround = (folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
  let found: { inside: string; from: string } | null = null;
  for (const { from, to } of container.service.mounts) {
    const inside = to.replace(/\/+$/, '');
    if (isAround(inside) && inside.length >= (found?.inside.length ?? 0)) found = { inside, from };
  }
  if (!found) return [];
  const { inside, from } = found;
  if (pathsNamed(container).some((each) => each.length > inside.length && isAround(each))) return [null];
  return [normalize(resolve(dirname(container.file), from) + path.slice(inside.length))];
}
