/** Where a file that nginx refuses most likely went wrong: guesses of the parser, made from what directives are known to take. */
import { type Context, signatures } from './catalogue';
import { locationMatch } from './model';
import type { Terminator } from './scanner';
import type { Directive, Word } from './tree';

/** Is the name, with these arguments, a directive that must open a block? `server` is one only outside an upstream. */
export function opensBlock(name: Word, args: readonly Word[], outer: string): boolean {
  const known = signatures(name.value);
  if (known.length === 0) return false;
  if (name.value === 'server') {
    return args.length === 0 && (outer === 'http' || outer === 'stream' || outer === 'mail');
  }
  return known.every((signature) => signature.block);
}

/** What stands in a block of this name; absent for blocks that stock nginx does not know. */
const INSIDE: Readonly<Record<string, readonly Context[]>> = {
  events: ['events'],
  http: ['http'],
  server: ['server', 'stream-server', 'mail-server'],
  location: ['location'],
  if: ['server-if', 'location-if'],
  limit_except: ['limit_except'],
  upstream: ['upstream', 'stream-upstream'],
  stream: ['stream'],
  mail: ['mail'],
};

/** Does nginx refuse the directive in the block around it for certain? Unknown names may be a module's own. */
export function isRefused(directive: Directive, outer: Directive): boolean {
  const inside = Object.hasOwn(INSIDE, outer.called) ? INSIDE[outer.called]! : null;
  const known = signatures(directive.called).filter(({ block }) => block === (directive.block !== null));
  if (!inside || known.length === 0 || directive.name.template) return false;
  if (!known.some(({ contexts }) => contexts.some((context) => inside.includes(context)))) return true;
  if (directive.called !== 'location' || outer.called !== 'location') return false;
  // ngx_http_core_location(): a nested location must lie within the one around it.
  const own = locationMatch(directive);
  const around = locationMatch(outer);
  if (!own || !around || own.modifier.startsWith('~')) return false;
  return around.modifier === '=' || around.modifier === '@' || !own.pattern.startsWith(around.pattern);
}

/**
 * Index of the word at which a new directive starts because the `;` before it is missing; -1 when nginx accepts the
 * statement as it stands, or no word looks like a new directive. Such a word is bare, first on its line and a known name.
 */
export function splitPoint(text: string, words: readonly Word[], terminator: Terminator): number {
  const name = words[0]!;
  const known = signatures(name.value);
  if (known.length === 0 || words.length < 2) return -1;
  const first = directiveOnNewLine(text, words, terminator === '{');
  if (first < 0) return -1;
  const count = words.length - 1;
  if (known.every((signature) => signature.block)) {
    // A block directive that lacks its "{" has swallowed the first line of its own block.
    return terminator === '{' && known.some((signature) => count <= signature.max) ? -1 : first;
  }
  const refused =
    terminator === '{' ||
    terminator === 'end' ||
    known.every(
      (signature) =>
        signature.block ||
        count > signature.max ||
        (signature.words.length > 0 && !signature.words.includes(words[first]!.value)),
    ) ||
    NAMED_PARAMETERS.has(name.value);
  return refused ? first : -1;
}

/** As above for the lines of a `map` and its kin, which hold two words (or one, `hostnames`), never more. */
export function dataSplitPoint(text: string, words: readonly Word[], block: string): number {
  // types takes any number, split_clients ignores what follows the first two.
  if (block === 'types' || block === 'split_clients' || words.length <= 2) return -1;
  const index = [2, 1].find((i) => startsLine(text, words[i - 1]!.end, words[i]!.start));
  return index ?? -1;
}

/** Directives whose own parsers refuse a parameter that is the name of another directive. */
const NAMED_PARAMETERS = new Set([
  'listen',
  'server',
  'access_log',
  'error_log',
  'resolver',
  'limit_req',
  'limit_req_zone',
  'limit_conn_zone',
  'proxy_cache_path',
  'fastcgi_cache_path',
  'uwsgi_cache_path',
  'scgi_cache_path',
  'open_file_cache',
  'ssl_session_cache',
  'rewrite',
  'upstream',
]);

function directiveOnNewLine(text: string, words: readonly Word[], blockOnly: boolean): number {
  const own = signatures(words[0]!.value);
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (word.quote || word.template || !startsLine(text, words[i - 1]!.end, word.start)) continue;
    // "http2" is a directive, and a parameter of "listen" as well.
    if (own.some(({ literals, words: accepted }) => literals.includes(word.value) || accepted.includes(word.value)))
      continue;
    const known = signatures(word.value);
    if (known.length > 0 && !(blockOnly && i === words.length - 1 && !known.some((signature) => signature.block)))
      return i;
  }
  return -1;
}

/** As above for directives that take any words (`server_name`, `index`): a known name with arguments of its own, at home in the same place. */
export function swallowedDirective(text: string, words: readonly Word[]): number {
  const known = signatures(words[0]!.value);
  const index = known.length === 0 ? -1 : directiveOnNewLine(text, words, false);
  if (index < 0) return -1;
  const count = words.length - 1 - index;
  const fits = signatures(words[index]!.value).some(
    (candidate) =>
      !candidate.block &&
      count >= Math.max(1, candidate.min) &&
      count <= candidate.max &&
      known.some((own) => own.contexts.some((context) => candidate.contexts.includes(context))),
  );
  return fits ? index : -1;
}

/** Is there a line end between two words, and nothing but white space behind it? */
function startsLine(text: string, from: number, to: number): boolean {
  for (let i = to - 1; i >= from; i--) {
    const code = text.charCodeAt(i);
    if (code === 10) return true;
    if (code !== 32 && code !== 9 && code !== 13) return false;
  }
  return false;
}
