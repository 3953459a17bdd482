/** Minimal edits that set settings in a section and leave everything else as it is written. */
import type { Edit } from '../text/edit';
import { readWritten } from './parser';
import type { Entry, FpmTree, Section, Setting } from './tree';

export interface NewSetting {
  /** `listen.owner`, `php_admin_value[memory_limit]`. */
  readonly key: string;
  /** As it is to be written (`no`, `E_ALL & ~E_NOTICE`, `/run/php.sock`); text that php-fpm would misread is quoted. */
  readonly value: string;
}

/**
 * The edits after which `section` of `tree` has these settings; none for those it already has. A setting that is there
 * is changed in place, the one that counts; comments are never uncommented. A missing one goes behind the last setting
 * of its family (`listen.*`), else behind a commented line of its own (`;listen.owner = …`), else to the section's end.
 */
export function setSettings(tree: FpmTree, section: Section, settings: readonly NewSetting[]): Omit<Edit, 'file'>[] {
  const edits: Omit<Edit, 'file'>[] = [];
  const groups = new Map<number, { readonly anchor: Anchor; readonly lines: string[] }>();
  for (const wanted of new Map(settings.map((one) => [one.key.toLowerCase(), one])).values()) {
    const found = counting(section, wanted.key);
    if (found?.operatorSpan) {
      if (!isSame(tree, found, wanted.value)) edits.push(change(tree, found, wanted.value));
    } else if (found) {
      edits.push({ span: found.span, newText: line(tree, section, wanted, null) });
    } else {
      const anchor = anchorFor(tree, section, wanted.key);
      const group = groups.get(anchor.lineEnd) ?? { anchor, lines: [] };
      groups.set(anchor.lineEnd, group);
      group.lines.push(anchor.indent + line(tree, section, wanted, anchor.like));
    }
  }
  const start = tree.text.startsWith('\uFEFF') ? 1 : 0;
  const eol = /\r\n|\n/.exec(tree.text)?.[0] ?? '\n';
  for (const { anchor, lines } of groups.values()) {
    const at = anchor.lineEnd;
    const ended = at === start || tree.text[at - 1] === '\n';
    const newText = ended ? lines.map((one) => one + eol).join('') : lines.map((one) => eol + one).join('');
    edits.push({ span: { start: at, end: at }, newText });
  }
  // An insertion comes before a change that starts where it stands.
  return edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** `value` so that php-fpm reads exactly that text, in double quotes when it has to be. */
export function quoteValue(value: string): string {
  const read = readWritten(value);
  return read?.known && read.value === value ? value : `"${value.replace(/[\\"]|\$(?=\{)/g, '\\$&')}"`;
}

interface Anchor {
  /** Where new lines go: the start of the line behind the anchor's, or the end of the file. */
  readonly lineEnd: number;
  readonly indent: string;
  readonly like: Setting | null;
}

function anchorFor(tree: FpmTree, section: Section, key: string): Anchor {
  const family = familyOf(key);
  const relative = section.settings.findLast((one) => familyOf(name(one)) === family);
  if (relative) return behind(tree, relative, relative);
  const like = section.settings.at(-1) ?? null;
  const commented = entriesOf(tree, section).find(
    (entry) => entry.kind === 'comment' && commentedKey(tree, entry) === key.toLowerCase(),
  );
  if (commented) return behind(tree, commented, like);
  // In the file's last section its end is the file's; elsewhere the comments at the end may well be about the next one.
  const isLast = tree.sections.at(-1) === section || tree.sections.length === 0;
  const last = isLast ? entriesOf(tree, section).at(-1) : like;
  return behind(tree, last ?? section, like);
}

function behind(tree: FpmTree, entry: Entry, like: Setting | null): Anchor {
  const end = entry.kind === 'section' ? entry.headerSpan.end : entry.span.end;
  const start = entry.kind === 'section' ? entry.headerSpan.start : entry.span.start;
  const feed = tree.text.indexOf('\n', end);
  // The preamble's header is nowhere: its first line is the file's.
  const lineEnd = end === 0 ? Number(tree.text.startsWith('\uFEFF')) : feed < 0 ? tree.text.length : feed + 1;
  const lineStart = tree.text.lastIndexOf('\n', start - 1) + 1;
  const before = start === 0 ? '' : tree.text.slice(lineStart, start);
  return { lineEnd, indent: entry.kind !== 'section' && /^[ \t]*$/.test(before) ? before : '', like };
}

function entriesOf(tree: FpmTree, section: Section): readonly Entry[] {
  return tree.entries.filter(
    (entry) => entry.kind !== 'section' && entry.span.start >= section.span.start && entry.span.end <= section.span.end,
  );
}

function commentedKey(tree: FpmTree, entry: Entry): string | null {
  const match = /^[;#]+[ \t]*([\w.]+(?:\[[^\]]*\])?)[ \t]*=/.exec(tree.text.slice(entry.span.start, entry.span.end));
  return match ? match[1]!.toLowerCase() : null;
}

/** `listen.owner` and `listen` are of one family, so are all `php_admin_value[…]`. */
function familyOf(key: string): string {
  return key.toLowerCase().split(/[.[]/, 1)[0]!;
}

function name(setting: Setting): string {
  return setting.sub === null ? setting.key : `${setting.key}[${setting.sub}]`;
}

/** The setting that php-fpm goes by: the last one, but with brackets the first one (see model.ts). */
function counting(section: Section, key: string): Setting | undefined {
  const isKey = (one: Setting): boolean =>
    one.sub === null ? one.key.toLowerCase() === key.toLowerCase() : name(one) === key;
  return key.includes('[') ? section.settings.find(isKey) : section.settings.findLast(isKey);
}

function isSame(tree: FpmTree, setting: Setting, value: string): boolean {
  const text = written(value);
  if (tree.text.slice(setting.rawValueSpan.start, setting.rawValueSpan.end) === text) return true;
  const read = readWritten(text);
  return setting.known && read?.known === true && read.value === setting.value;
}

function change(tree: FpmTree, setting: Setting, value: string): Omit<Edit, 'file'> {
  const { rawValueSpan, operatorSpan } = setting;
  const spaced = tree.text[operatorSpan!.start - 1] === ' ';
  if (rawValueSpan.start < rawValueSpan.end) return { span: rawValueSpan, newText: written(value) };
  const hasSpace = tree.text[operatorSpan!.end] === ' ';
  const at = operatorSpan!.end + (hasSpace ? 1 : 0);
  return { span: { start: at, end: at }, newText: (spaced && !hasSpace ? ' ' : '') + written(value) };
}

// Written so, a value means what it says: a keyword, a quoted text, a calculation with names or numbers.
const KEYWORD = /^(?:true|on|yes|false|off|no|none|null)$/i;
const CALCULATION = /^[A-Z0-9_\s|&^~!()]+$/;

function written(value: string): string {
  const read = readWritten(value);
  if (read && (KEYWORD.test(value) || CALCULATION.test(value) || /^["']/.test(value) || !read.known)) return value;
  return quoteValue(value);
}

/** `key = value` with the space that `like`, or else the file's other settings, has around its `=`. */
function line(tree: FpmTree, section: Section, wanted: NewSetting, like: Setting | null): string {
  const model = [
    like,
    ...section.settings,
    ...tree.sections.flatMap((one) => one.settings),
    ...tree.preamble.settings,
  ].find((one) => one?.operatorSpan && one.rawValueSpan.start < one.rawValueSpan.end);
  if (!model?.operatorSpan) return `${wanted.key} = ${written(wanted.value)}`;
  const { text } = tree;
  const keyEnd = model.subSpan ? text.indexOf(']', model.subSpan.end) + 1 : model.keySpan.end;
  let before = text.slice(keyEnd, model.operatorSpan.start);
  // More than one blank lines the signs up under each other.
  if (/^ {2,}$/.test(before)) {
    before = ' '.repeat(Math.max(1, model.operatorSpan.start - model.keySpan.start - wanted.key.length));
  }
  const after = text.slice(model.operatorSpan.end, model.rawValueSpan.start);
  return `${wanted.key}${before}=${after}${written(wanted.value)}`;
}
