/**
 * Reads a php-fpm configuration file as php-fpm 8.2 does: line by line, each line through php's INI grammar. Where
 * php-fpm would stop, reading goes on with the next line, and a setting whose key can be seen keeps its text.
 */
import type { Span } from '../text/span';
import { peek, type Reader, readText, readValue } from './expression';
import { message } from './problems';
import { scanLine, type Token, type TokenType } from './scanner';
import type { Entry, FpmTree, Problem, ProblemCode, Section, Setting } from './tree';

export function parse(text: string): FpmTree {
  const draft: Draft = { text, entries: [], sections: [section('', at(0), at(0))], problems: [] };
  let inQuote = false;
  let inPhp = false;
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const count = draft.problems.length;
    const wasInPhp = inPhp;
    const opened = text.slice(start, end).lastIndexOf('<?php');
    inPhp = (inPhp || opened >= 0) && !text.slice(start + Math.max(opened, 0), end).includes('?>');
    if (wasInPhp) addOther(draft, start, end);
    else if (end > start) parseLine(draft, start, end);
    const code = draft.problems[count]?.code;
    // A value meant to run over several lines is one mistake: what follows up to its closing quote is not another.
    if (code === undefined) inQuote = false;
    else if (inQuote) {
      draft.problems.length = count;
      inQuote = !text.slice(start, end).includes('"');
    } else inQuote = code === 'unclosed-quote';
    start = end + 1;
  }
  draft.sections.forEach((one, i) => {
    one.span = { start: one.headerSpan.start, end: draft.sections[i + 1]?.headerSpan.start ?? text.length };
  });
  const [preamble, ...sections] = draft.sections;
  return { text, entries: draft.entries, preamble: preamble!, sections, problems: draft.problems };
}

/**
 * What php-fpm reads when `written` stands behind a `=`; null when that would be an error, or when part of it would not
 * be read, as behind a `;`.
 */
export function readWritten(written: string): { readonly value: string; readonly known: boolean } | null {
  const tokens = scanLine(`k=${written}`, 0, written.length + 2);
  const reader: Reader = { tokens, at: 2 };
  const read = tokens[1]?.type === 'assign' ? readValue(reader) : null;
  if (!read || peek(reader).type !== 'line-end') return null;
  return tokens.slice(reader.at).every(({ type }) => type === 'line-end' || type === 'end') ? read : null;
}

interface Draft {
  readonly text: string;
  readonly entries: Entry[];
  readonly sections: DraftSection[];
  readonly problems: Problem[];
}

type DraftSection = { -readonly [K in keyof Section]: Section[K] } & { readonly settings: Setting[] };

// Jinja, Go templates, ERB, PHP, Blade: whatever the line says now, it is not what php-fpm will read.
const TEMPLATE =
  /\{\{|(?<!%)\{%|<%|<\?(?:php|=)|^[ \t]*(?:\{#|#\}|@(?:include|if|elseif|else|endif|foreach|endforeach|isset|endisset|unless|endunless|php|endphp)\b)/;
// A template's line, read with a blind eye: a section, or a setting, when it looks like one.
const TEMPLATE_SECTION = /^\s*(\[(.*)\])/;
const TEMPLATE_SETTING = /^\s*([\w.]+)[ \t]*(?:\[([^\]]*)\])?[ \t]*(=)[ \t]*(.*)$/;

function parseLine(draft: Draft, start: number, end: number): void {
  const line = draft.text.slice(start, end);
  const reader: Reader = { tokens: scanLine(draft.text, start, end), at: 0 };
  const mark = { entries: draft.entries.length, sections: draft.sections.length, problems: draft.problems.length };
  const current = draft.sections[mark.sections - 1]!;
  const settings = current.settings.length;
  while (peek(reader).type !== 'end' && draft.problems.length === mark.problems) statement(draft, reader, start, end);
  addOther(draft, lastEnd(draft, start), end);
  if (!TEMPLATE.test(line) || /^[ \t]*;/.test(line)) return;
  draft.entries.length = mark.entries;
  draft.sections.length = mark.sections;
  draft.problems.length = mark.problems;
  current.settings.length = settings;
  parseTemplate(draft, line, start, end);
}

function addOther(draft: Draft, start: number, end: number): void {
  const span = trimmed(draft.text, start, end);
  if (span.end > span.start) draft.entries.push({ kind: 'other', span });
}

function parseTemplate(draft: Draft, line: string, start: number, end: number): void {
  const header = TEMPLATE_SECTION.exec(line);
  const match = TEMPLATE_SETTING.exec(line.trimEnd());
  const whole = trimmed(draft.text, start, end);
  if (header) {
    const from = start + line.indexOf('[');
    const to = from + header[1]!.length;
    addSection(draft, header[2]!, { start: from + 1, end: to - 1 }, { start: from, end: to });
    addOther(draft, to, end);
  } else if (match) {
    const keyStart = start + line.indexOf(match[1]!);
    const keyEnd = keyStart + match[1]!.length;
    const subStart = match[2] === undefined ? null : draft.text.indexOf('[', keyEnd) + 1;
    const operator = draft.text.indexOf('=', subStart === null ? keyEnd : subStart + match[2]!.length);
    addSetting(draft, {
      key: match[1]!,
      keySpan: { start: keyStart, end: keyEnd },
      sub: match[2] ?? null,
      subSpan: subStart === null ? null : { start: subStart, end: subStart + match[2]!.length },
      operatorSpan: { start: operator, end: operator + 1 },
      value: match[4]!,
      known: false,
      rawValueSpan: match[4] === '' ? at(operator + 1) : { start: whole.end - match[4]!.length, end: whole.end },
    });
  } else addOther(draft, start, end);
}

function statement(draft: Draft, reader: Reader, lineStart: number, lineEnd: number): void {
  const token = peek(reader);
  reader.at++;
  const span = trimmed(draft.text, token.start, token.end);
  if (token.type === 'line-end') return;
  if (token.type === 'comment') {
    draft.entries.push({ kind: 'comment', marker: ';', span });
  } else if (token.type === 'section') {
    const name = readText(reader, false) ?? { value: '' };
    const close = peek(reader);
    if (close.type !== 'close') {
      problem(draft, 'unclosed-section', trimmed(draft.text, token.start, lineEnd));
      return;
    }
    reader.at++;
    const header = trimmed(draft.text, token.start, close.end);
    addSection(draft, name.value, { start: header.start + 1, end: header.end - 1 }, header);
  } else if ((token.type === 'label' || token.type === 'offset') && token.text.startsWith('#')) {
    const comment = trimmed(draft.text, span.start, lineEnd);
    draft.entries.push({ kind: 'comment', marker: '#', span: comment });
    reader.at = reader.tokens.length - 1;
    problem(draft, 'hash-comment', comment);
  } else if (token.type === 'label' || token.type === 'offset') {
    keyed(draft, reader, token, lineStart, lineEnd);
  } else {
    const keyword = token.type === 'true' || token.type === 'false';
    problem(draft, keyword ? 'keyword-as-key' : 'reserved-character', span);
  }
}

/** `key`, `key = value` or `key[sub] = value`; the key's token has been read. */
function keyed(draft: Draft, reader: Reader, token: Token, lineStart: number, lineEnd: number): void {
  const { text } = draft;
  const key = token.text;
  const keyStart = trimmed(text, token.start, token.end).start;
  const keySpan = { start: keyStart, end: keyStart + key.length };
  let sub: string | null = null;
  let subSpan: Span | null = null;
  if (token.type === 'offset') {
    sub = readText(reader, true)?.value ?? '';
    const close = peek(reader);
    const open = text.indexOf('[', keySpan.end) + 1;
    if (close.type !== 'close') {
      problem(draft, 'unclosed-key', trimmed(text, keyStart, lineEnd));
      return;
    }
    reader.at++;
    subSpan = trimmed(text, open, text.lastIndexOf(']', close.end - 1));
    if (key === '' && peek(reader).type !== 'assign') {
      const header = trimmed(text, open - 1, lineEnd);
      addSection(draft, sub, subSpan, { start: open - 1, end: close.end });
      problem(draft, 'indented-section', { start: lineStart, end: header.end });
      return;
    }
  }
  const assign = peek(reader);
  if (assign.type !== 'assign') {
    const span = {
      start: keyStart,
      end: trimmed(text, keyStart, Math.max(token.end, subSpan ? subSpan.end + 1 : 0)).end,
    };
    const rawValueSpan = at(span.end);
    addSetting(draft, { key, keySpan, sub, subSpan, operatorSpan: null, value: '', known: false, rawValueSpan });
    problem(draft, 'missing-value', span);
    return;
  }
  reader.at++;
  const operator = text.indexOf('=', assign.start);
  const operatorSpan = { start: operator, end: operator + 1 };
  const value = readValue(reader);
  const next = peek(reader);
  if (value && (next.type === 'line-end' || next.type === 'comment' || next.type === 'end')) {
    const written = trimmed(text, operatorSpan.end, reader.tokens[reader.at - 1]!.end);
    const rawValueSpan = written.end > written.start ? written : at(operatorSpan.end);
    addSetting(draft, { key, keySpan, sub, subSpan, operatorSpan, ...value, rawValueSpan });
    return;
  }
  const rawValueSpan = trimmed(text, operatorSpan.end, lineEnd);
  const raw = text.slice(rawValueSpan.start, rawValueSpan.end);
  addSetting(draft, { key, keySpan, sub, subSpan, operatorSpan, value: raw, known: false, rawValueSpan });
  valueProblem(draft, reader, trimmed(text, next.start, next.end), rawValueSpan);
}

/** Says why the value that starts the reader's line stopped where the reader stands. */
function valueProblem(draft: Draft, reader: Reader, here: Span, whole: Span): void {
  const { type } = peek(reader);
  const before = reader.tokens[reader.at - 1]!;
  const isKeyword = (token: TokenType): boolean => token === 'true' || token === 'false';
  const span = (token: Token): Span => trimmed(draft.text, token.start, token.end);
  if (type === 'empty-quotes') problem(draft, 'empty-single-quotes', here);
  else if (isKeyword(type)) problem(draft, 'keyword-in-text', here);
  else if (isKeyword(before.type)) problem(draft, 'keyword-in-text', span(before));
  else if (type === 'second-assign' || type === 'operator') problem(draft, 'reserved-character', here);
  else if (before.type === 'variable' || before.type === 'variable-name') {
    const open = reader.tokens.slice(0, reader.at).findLast((one) => one.type === 'variable')!;
    problem(draft, 'unclosed-variable', { start: open.start, end: whole.end });
  } else if (type === 'end') problem(draft, 'unclosed-quote', whole);
  else if (before.type === 'operator' && before.text !== ')') problem(draft, 'reserved-character', span(before));
  else if (type === 'line-end' || type === 'comment') problem(draft, 'unclosed-parenthesis', whole);
  else problem(draft, 'syntax-error', whole);
}

function problem(draft: Draft, code: ProblemCode, span: Span): void {
  const { text, problems } = draft;
  // A key without a name, as in "  (", is nowhere to be shown: the line is.
  const shown = span.start === span.end ? lineAt(text, span.start) : span;
  problems.push({ code, span: shown, message: message(code, text.slice(shown.start, shown.end)) });
}

function lineAt(text: string, offset: number): Span {
  const feed = text.indexOf('\n', offset);
  return trimmed(text, offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1, feed < 0 ? text.length : feed);
}

function section(name: string, nameSpan: Span, headerSpan: Span): DraftSection {
  return { kind: 'section', name, nameSpan, headerSpan, span: headerSpan, settings: [] };
}

function addSection(draft: Draft, name: string, nameSpan: Span, headerSpan: Span): void {
  const added = section(name, nameSpan, headerSpan);
  draft.sections.push(added);
  draft.entries.push(added);
}

function addSetting(draft: Draft, setting: Omit<Setting, 'kind' | 'span'>): void {
  const { keySpan, subSpan, operatorSpan, rawValueSpan } = setting;
  const end = Math.max(keySpan.end, subSpan ? subSpan.end + 1 : 0, operatorSpan?.end ?? 0, rawValueSpan.end);
  const added: Setting = { kind: 'setting', ...setting, span: { start: keySpan.start, end } };
  draft.sections[draft.sections.length - 1]!.settings.push(added);
  draft.entries.push(added);
}

/** Where the last entry of the line that starts at `start` ends; where its text starts when it has none. */
function lastEnd(draft: Draft, start: number): number {
  const last = draft.entries[draft.entries.length - 1];
  const first = start + (draft.text[start] === '\uFEFF' ? 1 : 0);
  if (!last) return first;
  return Math.max(first, last.kind === 'section' ? last.headerSpan.end : last.span.end);
}

function at(offset: number): Span {
  return { start: offset, end: offset };
}

/** The span without the white space at its ends; empty, at its start, when there is nothing else. */
function trimmed(text: string, start: number, end: number): Span {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return from < to ? { start: from, end: to } : at(start);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
