/** What the checks of one directive's parameters share: their shape, their messages, the words that are not judged. */
import type { Span } from '../../../text/span';
import { closest } from '../../../text/spelling';
import type { Context, Signature } from '../../catalogue';
import type { Directive, Word } from '../../tree';
import { isOlder } from '../../version';
import { bytesOf, isPlaceholder, isSize, LARGEST, type Wrong } from '../values';

export { bytesOf as bytes } from '../values';
export type { Wrong };

export interface Setting {
  readonly context: Context;
  /** `1.22.1`; null: the newest known. */
  readonly version: string | null;
  /** The text that the directive stands in: with it, what is wrong is pointed out on the line that nginx names. */
  readonly text?: string;
}

/** Name, context and argument count are right; null where nginx's setter takes the arguments. */
export type Check = (directive: Directive, setting: Setting, signature: Signature) => Wrong | null;

export const REFUSES = '(nginx -t refuses to load this file)';

export function refuse(span: Span, message: string, fix?: Wrong['fix']): Wrong {
  return { span: { start: span.start, end: span.end }, message: `${message} ${REFUSES}`, ...(fix ? { fix } : {}) };
}

/** A value as messages show it. */
export function shown(value: string): string {
  return `"${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`;
}

/** Filled in by a template, also where envsubst finds a bare `$PORT` or a shell `${PORT:-80}`: what nginx will read is not known. */
export function isUnknown(word: Word): boolean {
  return isPlaceholder(word) || (word.value.includes('$') && FILLED_IN.test(word.value));
}

const FILLED_IN = /\$(?:\{[A-Z_][A-Z0-9_]*[:=?+-]|[A-Z][A-Z0-9_]*(?![A-Za-z0-9_]))/;

export function anyUnknown({ args }: Directive): boolean {
  return args.some(isUnknown);
}

/** May the server know what came with `since`? Where the version is not known, it may. */
export function knows({ version }: Setting, since: string): boolean {
  return version === null || !isOlder(version, since);
}

/** Replaces a whole word; none for a quoted one, whose quotes may be needed. */
export function replaceWord(word: Word, newText: string): Wrong['fix'] {
  if (word.quote || word.value.length !== word.end - word.start) return undefined;
  return { title: `Write ${newText}`, span: { start: word.start, end: word.end }, newText };
}

/** `accepted` holds words as the documentation writes them: `ssl`, `backlog=N`. The closest of them is offered. */
export function noParameter(directive: Directive, word: Word, accepted: readonly string[], also = ''): Wrong {
  const equals = word.value.indexOf('=');
  const key = equals < 0 ? word.value : word.value.slice(0, equals);
  const alike = accepted.filter((each) => each.includes('=') === equals >= 0).map((each) => each.split('=')[0]!);
  const meant = closest(key, alike);
  const newText = meant === null ? null : equals < 0 ? meant : meant + word.value.slice(equals);
  return refuse(
    word,
    `${shown(word.value)} is no parameter of ${directive.called}: ${also || accepted.join(', ')}`,
    newText === null || newText === word.value ? undefined : replaceWord(word, newText),
  );
}

export function tooNew(word: Word, since: string, { version }: Setting): Wrong {
  return refuse(word, `${shown(word.value)} is known to nginx ${since} and later, not to nginx ${version}`);
}

/** The number that ngx_atoi() reads; null for anything else. */
export function integer(text: string): number | null {
  if (!/^\d+$/.test(text)) return null;
  const number = Number(text);
  return number <= LARGEST ? number : null;
}

/** `name:10m` after a `zone=`, `keys_zone=` or `shared:`; `smallest` in pages of 4096 bytes. Null when it is right. */
export function zoneProblem(text: string, smallest: number): string | null {
  const colon = text.indexOf(':');
  if (colon < 0) return 'a size is missing: write name:10m';
  if (!isSize(text.slice(colon + 1), 'km')) return `${shown(text.slice(colon + 1))} is no size: write name:10m`;
  if (colon === 0) return 'a name is missing: write name:10m';
  return bytesOf(text.slice(colon + 1)) < smallest * 4096 ? `it is too small: at least ${smallest * 4}k` : null;
}

const VARIABLE = /\$(\{?)(\w*)(\}?)/y;

/** A `$` that starts no variable name, a `${` without its `}`: what ngx_http_script_compile() refuses. */
export function checkVariables(word: Word, from = 0): Wrong | null {
  const { value } = word;
  if (!value.includes('$') || isUnknown(word)) return null;
  for (let at = value.indexOf('$', from); at >= 0; at = value.indexOf('$', at + 1)) {
    VARIABLE.lastIndex = at;
    const found = VARIABLE.exec(value)!;
    const brace = found[1]!;
    const name = found[2]!;
    const close = found[3]!;
    if (brace && name !== '' && !close) {
      return refuse(word, `The "}" that closes "\${${name}" is missing in ${shown(value)}`);
    }
    if (name === '' || (brace && !close)) {
      return refuse(
        word,
        `A variable name must follow the "$" in ${shown(value)}: nginx cannot escape a "$", put it into a variable with geo or map`,
      );
    }
  }
  return null;
}

/** The first complaint, if any. */
export function first<T>(items: readonly T[], check: (item: T) => Wrong | null): Wrong | null {
  for (let i = 0; i < items.length; i++) {
    const wrong = check(items[i]!);
    if (wrong) return wrong;
  }
  return null;
}
