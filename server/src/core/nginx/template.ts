/**
 * The marks of template languages in files that are to become nginx's: Jinja and Go templates, ERB, lua-resty-template,
 * Penlight, envsubst. They are seen only where nginx itself would fail at once, so that no valid file is read otherwise.
 */

export interface TemplateMarks {
  /** The offset behind a mark that starts at `at`, or -1. `statementStart`: no word has been read yet. */
  end(at: number, statementStart: boolean): number;
  /** The offset behind a template's own statement, one that stands between directives; -1 where none starts. */
  statementEnd(at: number): number;
}

/** A mark inside quotes, where nginx reads plain text. */
export const MARKER = /\{\{|\{%|<%/;

/** A statement of Penlight's templates, as Kong has them; not the marks of a merge conflict. */
const PENLIGHT = /^>[ \t]{0,8}(?:if|else|elseif|end|for|local|--)(?![A-Za-z0-9_])/;

/** `${NAME}`, as envsubst fills it with whole directives. */
const VARIABLE = /^\$\{[A-Z_][A-Z0-9_]{0,80}\}/;

export function templateMarks(text: string): TemplateMarks {
  /** Marks that do not close any more, so that a text full of opening ones is not searched again and again. */
  const unseen = new Set<string>();

  function end(at: number, statementStart: boolean): number {
    const close = closing(text[at], text[at + 1], statementStart);
    if (close === null) return -1;
    if (close === '*}' || (close === '}}' && !statementStart)) {
      // Inside a statement a value closes on its line: "server {{" with the rest below is a brace too many.
      const [line = ''] = text.slice(at + 2, at + 1000).split('\n', 1);
      const found = line.indexOf(close);
      return found < 0 ? -1 : at + 2 + found + close.length;
    }
    if (unseen.has(close)) return -1;
    const found = text.indexOf(close, at + 2);
    if (found < 0) unseen.add(close);
    return found < 0 ? -1 : found + 2;
  }

  function statementEnd(at: number): number {
    const char = text[at];
    if (char === '>') {
      if (!PENLIGHT.test(text.slice(at, at + 20))) return -1;
      const lineEnd = text.indexOf('\n', at);
      return lineEnd < 0 ? text.length : lineEnd;
    }
    if (char === '$') {
      const [whole] = VARIABLE.exec(text.slice(at, at + 100)) ?? [];
      return whole !== undefined && endsLine(at + whole.length) ? at + whole.length : -1;
    }
    if (char !== '{' && char !== '<') return -1;
    const behind = end(at, true);
    if (behind < 0) return -1;
    // {% … %} and <% … %> are statements, <%= … %> is a value; {# … #} is a comment; a value may fill a line of its own.
    const isStatement = (text[at + 1] === '%' && text[at + 2] !== '=') || text[at + 1] === '#';
    return isStatement || endsLine(behind) ? behind : -1;
  }

  /** Do only blanks, a comment or the end of a block follow on this line? */
  function endsLine(from: number): boolean {
    let i = from;
    while (text[i] === ' ' || text[i] === '\t') i++;
    return i >= text.length || '\n\r#}'.includes(text[i]!);
  }

  return { end, statementEnd };
}

/** What closes the mark that these two characters open; null where they open none. */
function closing(first: string | undefined, second: string | undefined, statementStart: boolean): string | null {
  if (first === '<') return second === '%' ? '%>' : null;
  if (first !== '{') return null;
  if (second === '{') return '}}';
  if (second === '%') return '%}';
  if (second === '#') return statementStart ? '#}' : null;
  // lua-resty-template; "{*.example.com" without the closing mark is a line of a map.
  return second === '*' ? '*}' : null;
}
