/**
 * Fixtures: Markdown that explains a rule or a remedy by example, and is run as a test.
 *
 * `##` starts a case. A fence is a file, its language and path in the info string: ```nginx conf.d/site.conf. Behind the
 * path may stand: `crlf`, `tabs` (each four spaces of indentation become one), `no-newline`, `version=1.29.7` (of nginx),
 * `context=http,server`. A file of language `text` is only there, as a page is that nginx sends.
 * In a file, a line of carets (behind `#` or `;`, so that it reads as a comment) says what is found above them:
 * `#  ^^^^ error: text that the message contains`, or `related: …` for the other half. A single caret is also an empty
 * place. Mark lines are no part of the file. `<|>` is the cursor, `<x*4096>` stands for x 4096 times,
 * `<BOM>` for a byte order mark. A blank last line
 * shows that the text ends with a line end.
 *
 * A fence with `fixed` holds the file after the preferred fix of each finding, `fixed=align-pool` after that one; files
 * that it does not show stay as they are. A case without marks is right: the rule is silent there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Language = 'nginx' | 'php-fpm' | 'nginx-error-log' | 'systemd' | 'compose' | 'dockerfile' | 'text';

const LANGUAGES: readonly string[] = [
  'nginx',
  'php-fpm',
  'nginx-error-log',
  'systemd',
  'compose',
  'dockerfile',
  'text',
];

export interface Mark {
  readonly kind: 'error' | 'warning' | 'information' | 'hint' | 'related';
  /** 0-based offsets in the file's text. */
  readonly start: number;
  readonly end: number;
  /** What the message must contain. */
  readonly text: string;
  /** 1-based line in the Markdown. */
  readonly line: number;
}

export interface FixtureFile {
  readonly language: Language;
  readonly path: string;
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly cursor: number | null;
}

export interface FixtureCase {
  readonly title: string;
  readonly line: number;
  readonly files: readonly FixtureFile[];
  /** By the id of the fix, `''` for the preferred one: path to text. */
  readonly fixed: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly options: ReadonlyMap<string, string>;
}

export interface Fixture {
  readonly id: string;
  readonly cases: readonly FixtureCase[];
}

const FLAGS = new Set(['crlf', 'tabs', 'no-newline', 'fixed']);

/** Throws an Error that names the line for whatever it cannot make sense of. */
export function readFixture(id: string, markdown: string): Fixture {
  const cases: {
    title: string;
    line: number;
    files: FixtureFile[];
    fixed: Map<string, Map<string, string>>;
    options: Map<string, string>;
  }[] = [];
  let fence: { info: readonly string[]; lines: string[]; line: number } | null = null;
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    const fail = (why: string): never => {
      throw new Error(`${id}.md:${line}: ${why}`);
    };
    if (fence) {
      if (text !== '```') {
        fence.lines.push(text);
        continue;
      }
      const current = cases.at(-1) ?? fail('a fence before the first "## case"');
      const [language = '', file = '', ...words] = fence.info;
      if (!LANGUAGES.includes(language)) fail(`unknown language "${language}"`);
      if (file === '') fail('a fence without a path');
      const flags = new Set(words.filter((word) => !word.includes('=')));
      for (const flag of flags) if (!FLAGS.has(flag)) fail(`unknown word "${flag}"`);
      const read = readFile(language as Language, file, fence.lines, fence.line + 1, flags, fail);
      const fixedBy = flags.has('fixed') ? '' : words.find((word) => word.startsWith('fixed='))?.slice(6);
      if (fixedBy !== undefined) {
        if (read.marks.length > 0) fail('marks in a fixed file');
        const files = current.fixed.get(fixedBy) ?? new Map<string, string>();
        if (files.has(file)) fail(`${file} is fixed twice`);
        current.fixed.set(fixedBy, files.set(file, read.text));
      } else {
        if (current.files.some((one) => one.path === file)) fail(`${file} is there twice`);
        current.files.push(read);
      }
      for (const word of words) {
        const [key, value] = word.split('=');
        if (value !== undefined && key !== 'fixed') current.options.set(key!, value);
      }
      fence = null;
    } else if (text.startsWith('```')) {
      fence = { info: text.slice(3).trim().split(/\s+/), lines: [], line };
    } else if (text.startsWith('## ')) {
      cases.push({ title: text.slice(3).trim(), line, files: [], fixed: new Map(), options: new Map() });
    }
  }
  if (fence) throw new Error(`${id}.md:${fence.line}: this fence is not closed`);
  for (const { title, line, files } of cases) {
    if (files.length === 0) throw new Error(`${id}.md:${line}: "${title}" has no file`);
  }
  if (new Set(cases.map(({ title }) => title)).size < cases.length) throw new Error(`${id}.md: two cases of one title`);
  return { id, cases };
}

/** Every fixture below `test/fixtures/<kind>`. */
export function fixtures(kind: 'rules' | 'remedies'): Fixture[] {
  const folder = path.join(import.meta.dirname, '../fixtures', kind);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readFixture(name.slice(0, -3).replaceAll('\\', '/'), readFileSync(path.join(folder, name), 'utf8')));
}

const MARK = /^(\s*[#;]?\s*)(\^+) (error|warning|information|hint|related): (.+)$/;

function readFile(
  language: Language,
  file: string,
  lines: readonly string[],
  firstLine: number,
  flags: ReadonlySet<string>,
  fail: (why: string) => never,
): FixtureFile {
  const newline = flags.has('crlf') ? '\r\n' : '\n';
  let text = '';
  const marks: Mark[] = [];
  let cursor: number | null = null;
  /** The line above the marks: where it starts in the text, and where each of its columns went. */
  let above: { start: number; column: readonly number[] } | null = null;
  for (const [index, written] of lines.entries()) {
    const mark = MARK.exec(written);
    if (mark) {
      if (!above) return fail('marks with no line above');
      const [, before, carets, kind, message] = mark;
      const from = above.column[before!.length];
      const to = above.column[before!.length + carets!.length] ?? (carets!.length === 1 ? from : undefined);
      if (from === undefined || to === undefined)
        return fail(`the marks in line ${firstLine + index} point behind the line`);
      marks.push({
        kind: kind as Mark['kind'],
        start: above.start + from,
        end: above.start + to,
        text: message!,
        line: firstLine + index,
      });
      continue;
    }
    if (/^\s*[#;]?\s*\^{2,}/.test(written)) return fail(`line ${firstLine + index} looks like marks, but says nothing`);
    const start = text.length;
    const { line, column, cursorAt } = expand(written, flags.has('tabs'));
    if (cursorAt !== null) {
      if (cursor !== null) return fail('a second cursor');
      cursor = start + cursorAt;
    }
    above = { start, column };
    // A blank last line is the line end before it, made visible.
    const isLast = lines.slice(index + 1).every((later) => MARK.test(later));
    text += line + (isLast && (line === '' || flags.has('no-newline')) ? '' : newline);
  }
  return { language, path: file, text, marks, cursor };
}

/** A line with tabs and repetitions in place; `column` maps each column as written, and the end, to the one that is meant. */
function expand(written: string, tabs: boolean): { line: string; column: number[]; cursorAt: number | null } {
  let line = '';
  let cursorAt: number | null = null;
  const column: number[] = [];
  const indent = tabs ? /^(?: {4})*/.exec(written)![0].length : 0;
  for (let i = 0; i < written.length; ) {
    const [all, char, count] = /^<(.)\*(\d+)>/.exec(written.slice(i, i + 20)) ?? [];
    if (i < indent) {
      for (let k = 0; k < 4; k++) column.push(line.length);
      line += '\t';
      i += 4;
    } else if (written.startsWith('<|>', i)) {
      cursorAt = line.length;
      for (let k = 0; k < 3; k++) column.push(line.length);
      i += 3;
    } else if (written.startsWith('<BOM>', i)) {
      for (let k = 0; k < 5; k++) column.push(line.length);
      line += '\uFEFF';
      i += 5;
    } else if (all !== undefined) {
      for (let k = 0; k < all.length; k++) column.push(line.length);
      line += char!.repeat(Number(count));
      i += all.length;
    } else {
      column.push(line.length);
      line += written[i++];
    }
  }
  column.push(line.length);
  return { line, column, cursorAt };
}
