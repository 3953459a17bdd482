/** systemd unit files as far as they tell how a service listens and runs: https://www.freedesktop.org/software/systemd/man/systemd.syntax.html */
import type { Span } from '../text/span';

export interface UnitSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly span: Span;
}

/** Settings in file order; an empty value takes back the earlier ones of a list. */
export type UnitFile = readonly UnitSetting[];

export function readUnit(text: string): UnitFile {
  const settings: UnitSetting[] = [];
  let section = '';
  let open: { key: string; parts: string[]; start: number; end: number } | null = null;
  const close = (): void => {
    if (!open) return;
    const { key, parts, start, end } = open;
    settings.push({ section, key, value: parts.join(' ').trim(), span: { start, end } });
    open = null;
  };
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, newline < 0 ? text.length : newline).trimEnd();
    const from = start;
    start = next;
    // A comment between continued lines is passed over, and does not end them.
    if (/^\s*[#;]/.test(line)) continue;
    const continues = line.endsWith('\\');
    const body = continues ? line.slice(0, -1) : line;
    if (open) {
      open.parts.push(body.trim());
      open.end = from + line.length;
    } else {
      const trimmed = body.trim();
      if (trimmed.startsWith('[')) {
        section = trimmed.slice(1, trimmed.endsWith(']') ? -1 : undefined);
        continue;
      }
      const equals = body.indexOf('=');
      if (equals < 0) continue;
      const indent = body.length - body.trimStart().length;
      open = {
        key: body.slice(0, equals).trim(),
        parts: [body.slice(equals + 1).trim()],
        start: from + indent,
        end: from + line.length,
      };
    }
    if (!continues) close();
  }
  close();
  return settings;
}

/** The unit that a file is, or is a drop-in of; null for a file that is neither. */
export function unitName(path: string): string | null {
  // Links to units that stand elsewhere.
  if (/\.(?:wants|requires)\//.test(path)) return null;
  const found = /(?:^|\/)([^/]+\.(?:service|socket))(?:\.d\/[^/]+\.conf)?$/.exec(path);
  return found ? found[1]! : null;
}
