/** Text from files and logs, made safe and fit for a terminal. */

/** Escape sequences: CSI, OSC and other strings, two-character ones. Bounded, so that no text makes it slow. */
const ESCAPES =
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]?|\u001b[\]PX^_][^\u0007\u001b\u009c]{0,4096}(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]{0,8}[0-~]?/g;
/** Controls, and the marks that reorder or hide what is read (trojan source). */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Without escape sequences and control characters; tabs and line feeds stay. */
export function clean(text: string): string {
  return /[^\n\t -~]/.test(text) ? text.replace(ESCAPES, '').replace(CONTROLS, '') : text;
}

/** Clean, and one line. */
export function inline(text: string): string {
  return clean(text.replace(/\r\n?/g, '\n')).replace(/[\n\t]+/g, ' ');
}

/** At most `most` columns; what is cut is marked. */
export function cut(text: string, most: number): string {
  if (columns(text) <= most) return text;
  let result = '';
  let used = 1;
  for (const char of text) {
    used += columns(char);
    if (used > most) break;
    result += char;
  }
  return `${result}…`;
}

/** Columns that a text takes on a terminal: wide letters take two, marks that join the letter before take none. */
export function columns(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let count = 0;
  for (const char of text) {
    if (/\p{Mn}|\p{Me}|\u200d|\ufe0f/u.test(char)) continue;
    count += WIDE.test(char) ? 2 : 1;
  }
  return count;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** Lines of at most `width` columns, the later ones behind `indent`. Words are never split: a path must stay clickable. */
export function wrap(text: string, width: number, first = '', indent = first): string {
  const words = text.split(/ +/).filter((word) => word !== '');
  if (width === Number.POSITIVE_INFINITY) return first + words.join(' ');
  const lines: string[] = [];
  let line = first;
  let used = columns(first);
  let isEmpty = true;
  for (const word of words) {
    const more = columns(word);
    if (!isEmpty && used + 1 + more > width) {
      lines.push(line);
      line = indent;
      used = columns(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    used += isEmpty ? more : more + 1;
    isEmpty = false;
  }
  lines.push(line);
  return lines.join('\n');
}

/** Markdown as plain text: marks of emphasis, code and links go, paragraphs and lists stay. */
export function unmarked(markdown: string): string[] {
  return markdown.split(/\n{2,}/).map((paragraph) =>
    clean(paragraph)
      .replace(/\*\*([^*]{1,200})\*\*/g, '$1')
      .replace(/`([^`]{1,500})`/g, '$1')
      .replace(/\[([^\]]{1,200})\]\((https?:[^)\s]{1,500})\)/g, '$1 ($2)')
      .replace(/\n(?!(?:[-*]|\d{1,2}\.) )/g, ' ')
      .trim(),
  );
}

/** `1 file`, `3 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
