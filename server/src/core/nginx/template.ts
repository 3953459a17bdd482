/**
 * The marks of template languages in files that are to become nginx's: Jinja and Go templates, ERB, PHP, Blade, Freemarker,
 * Terraform, ISPConfig, lua-resty-template, Penlight, envsubst. They are seen only where nginx itself would fail at once, so that no valid file is read otherwise.
 */

export interface TemplateMarks {
  /** The offset behind a mark that starts at `at`, or -1. `statementStart`: no word has been read yet. */
  end(at: number, statementStart: boolean): number;
  /** The offset behind a template's own statement, one that stands between directives; -1 where none starts. */
  statementEnd(at: number): number;
}

/** A mark inside quotes, where nginx reads plain text. */
export const MARKER = /\{\{|\{%|\{!!|<%|<\?(?:php|=)|<tmpl_|%\{ ?(?:if|for) /i;

/** A statement of Penlight's templates, as Kong has them; not the marks of a merge conflict. */
const PENLIGHT = /^>[ \t]{0,8}(?:if|else|elseif|end|for|local|--)(?![A-Za-z0-9_])/;

/** A statement of Terraform: `%{ for ip in ips ~}`. */
const TERRAFORM = /^%\{~? {0,8}(?:if|else|endif|for|endfor)(?![A-Za-z0-9_])[^}\n]{0,400}\}/;

/** A statement of Blade, and of templates like it; what follows in parentheses belongs to it. */
const BLADE =
  /^@(?:if|else|elseif|endif|unless|endunless|isset|endisset|foreach|endforeach|forelse|endforelse|for|endfor|while|endwhile|include|php|endphp)(?![A-Za-z0-9_])/;

/** Of ISPConfig, `<tmpl_if name="ssl">`, and Freemarker, `<#if ssl>`. */
const TAG = /^<\/?(?:tmpl_\w{1,20}|[#@]\w{1,20})(?:\s(?:[^<>'"\n]|'[^'\n]*'|"[^"\n]*")*)?\/?>/i;

/** Values that fill a line of their own: `%(extra)s` of Python, `%extra%` of hosting panels. */
const PERCENT = /^%(?:\(\w{1,60}\)s|%?[a-z]\w{1,60}%%?)/i;

/** `${NAME}`, as envsubst fills it with whole directives. */
const VARIABLE = /^\$\{[A-Z_][A-Z0-9_]{0,80}\}/;

export function templateMarks(text: string): TemplateMarks {
  /** Marks that do not close any more, so that a text full of opening ones is not searched again and again. */
  const unseen = new Set<string>();

  function end(at: number, statementStart: boolean): number {
    if (text[at] === '<') {
      if (text.startsWith('<#--', at)) return behind('-->', at);
      const [tag] = TAG.exec(text.slice(at, at + 400)) ?? [];
      if (tag !== undefined) return at + tag.length;
      if (text[at + 1] === '?' && !/^<\?(?:php\s|=)/.test(text.slice(at, at + 6))) return -1;
    } else if (text[at - 1] === '%') {
      const [whole] = TERRAFORM.exec(text.slice(at - 1, at + 420)) ?? [];
      if (whole !== undefined) return at - 1 + whole.length;
    }
    const close = closing(text[at], text[at + 1], statementStart);
    if (close === null) return -1;
    if (close === '*}' || (close === '}}' && !statementStart)) {
      // Inside a statement a value closes on its line: "server {{" with the rest below is a brace too many.
      const [line = ''] = text.slice(at + 2, at + 1000).split('\n', 1);
      const found = line.indexOf(close);
      return found < 0 ? -1 : at + 2 + found + close.length;
    }
    return behind(close, at);
  }

  function behind(close: string, at: number): number {
    if (unseen.has(close)) return -1;
    const found = text.indexOf(close, at + 2);
    if (found < 0) unseen.add(close);
    return found < 0 ? -1 : found + close.length;
  }

  function statementEnd(at: number): number {
    const char = text[at];
    if (char === '>') {
      if (!PENLIGHT.test(text.slice(at, at + 20))) return -1;
      const lineEnd = text.indexOf('\n', at);
      return lineEnd < 0 ? text.length : lineEnd;
    }
    if (char === '@') return bladeEnd(at);
    if (char === '%') {
      const near = text.slice(at, at + 420);
      const statement = TERRAFORM.exec(near)?.[0];
      if (statement !== undefined) return at + statement.length;
      const value = PERCENT.exec(near)?.[0];
      return value !== undefined && endsLine(at + value.length) ? at + value.length : -1;
    }
    if (char === '$') {
      const [whole] = VARIABLE.exec(text.slice(at, at + 100)) ?? [];
      return whole !== undefined && endsLine(at + whole.length) ? at + whole.length : -1;
    }
    if (char !== '{' && char !== '<') return -1;
    const behind = end(at, true);
    if (behind < 0) return -1;
    // {% … %} and <% … %> are statements, <%= … %> is a value; {# … #} is a comment; a value may fill a line of its own.
    const next = text[at + 1]!;
    const isStatement = ('%?'.includes(next) && text[at + 2] !== '=') || '#/@'.includes(next);
    const isTag = next === 't' && !/^<tmpl_var/i.test(text.slice(at, at + 9));
    return isStatement || isTag || endsLine(behind) ? behind : -1;
  }

  function bladeEnd(at: number): number {
    const [word] = BLADE.exec(text.slice(at, at + 20)) ?? [];
    if (word === undefined) return -1;
    let i = at + word.length;
    while (text[i] === ' ') i++;
    if (text[i] !== '(') return at + word.length;
    for (let depth = 0; i < text.length && text[i] !== '\n'; i++) {
      if (text[i] === '(') depth++;
      else if (text[i] === ')' && --depth === 0) return i + 1;
    }
    return i;
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
  if (first === '<') return second === '%' ? '%>' : second === '?' ? '?>' : null;
  if (first !== '{') return null;
  if (second === '{') return '}}';
  if (second === '%') return '%}';
  if (second === '!') return '!!}';
  if (second === '#') return statementStart ? '#}' : null;
  // lua-resty-template; "{*.example.com" without the closing mark is a line of a map.
  return second === '*' ? '*}' : null;
}

/** Python's `str.format` doubles each brace that is to stay: nothing of such a text can be read as nginx's. */
export function isDoubled(text: string): boolean {
  if (!text.includes('{{') || !/\{\{[ \t]*\r?\n/.test(text)) return false;
  return !/[^{]\{[ \t]*\r?\n/.test(text) && /^[ \t]*\}\}[ \t]*\r?$/m.test(text);
}
