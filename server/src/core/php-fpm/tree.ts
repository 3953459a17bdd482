/** How a php-fpm configuration file is written: every piece with its place, nothing lost. */
import type { Span } from '../text/span';

export interface FpmTree {
  readonly text: string;
  /** In file order and not overlapping; what lies between two of them is white space. */
  readonly entries: readonly Entry[];
  /** What comes before the first section header: it belongs to the section of the including file, at first `[global]`. */
  readonly preamble: Section;
  /** The sections with a header, in file order. */
  readonly sections: readonly Section[];
  readonly problems: readonly Problem[];
}

export type Entry = Section | Setting | Comment | Other;

export interface Section {
  readonly kind: 'section';
  /** As php-fpm reads it: quotes removed, spaces kept. Empty for the preamble. */
  readonly name: string;
  readonly nameSpan: Span;
  /** `[name]`; empty for the preamble. */
  readonly headerSpan: Span;
  /** From the header to the next one, or to the end of the file. */
  readonly span: Span;
  readonly settings: readonly Setting[];
}

export interface Setting {
  readonly kind: 'setting';
  /** `env[PATH] = …` has the key `env`. */
  readonly key: string;
  readonly keySpan: Span;
  /** What stands in the brackets behind the key, `PATH`; null without brackets. */
  readonly sub: string | null;
  readonly subSpan: Span | null;
  /** The `=`; null where it is missing. */
  readonly operatorSpan: Span | null;
  /**
   * As php-fpm reads it: quotes and escapes resolved, `yes` is `1`, `no` is empty, expressions calculated; `$pool` is
   * not replaced yet.
   */
  readonly value: string;
  /** False where the file alone does not say the value (`${NAME}`, a template, a syntax error): `value` is then text as written. */
  readonly known: boolean;
  /** The value as written, without comment and space around it; empty, behind the `=`, when there is none. */
  readonly rawValueSpan: Span;
  readonly span: Span;
}

export interface Comment {
  readonly kind: 'comment';
  /** php-fpm knows only `;`: a line that starts with `#` is meant as a comment but stops php-fpm. */
  readonly marker: ';' | '#';
  readonly span: Span;
}

/** Text that sets nothing: a template's own statement, what php-fpm cannot read, or what it drops unread. */
export interface Other {
  readonly kind: 'other';
  readonly span: Span;
}

/** Something in the line for which php-fpm refuses to start, whatever else is configured. At most one per line. */
export interface Problem {
  readonly code: ProblemCode;
  readonly span: Span;
  readonly message: string;
}

export type ProblemCode =
  | 'hash-comment'
  | 'missing-value'
  | 'indented-section'
  | 'unclosed-section'
  | 'unclosed-key'
  | 'unclosed-quote'
  | 'unclosed-variable'
  | 'unclosed-parenthesis'
  | 'empty-single-quotes'
  | 'keyword-in-text'
  | 'keyword-as-key'
  | 'reserved-character'
  | 'syntax-error';
