/**
 * Reads one statement at a time, character by character as ngx_conf_read_token() does (nginx 1.22.1,
 * src/core/ngx_conf_file.c). What nginx refuses is reported through `report` and read on in the likeliest way.
 */
import type { Span } from '../text/span';
import { isDataBlock } from './catalogue';
import { MARKER, templateMarks } from './template';
import type { SyntaxProblem, Word } from './tree';

/** What ended a statement. `error` stands for a missing `;` that the scanner has reported. */
export type Terminator = ';' | '{' | '}' | 'end' | 'error';

export interface Statement {
  readonly words: readonly Word[];
  readonly terminator: Terminator;
  /** Offset of the character that ended it. */
  readonly at: number;
}

export interface Scanner {
  /** Reads on to the next `;`, `{`, `}` or the end of the text. */
  next(): Statement;
  /** Reads on from `offset` instead, as if the statement before had ended there. */
  resume(offset: number): void;
  readonly position: number;
  readonly comments: Span[];
  readonly templates: Span[];
}

/** nginx reads through a buffer of this many bytes, so no word or comment may be longer (NGX_CONF_BUFFER). */
const LONGEST = 4096;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DOUBLE = 34;
const HASH = 35;
const DOLLAR = 36;
const SINGLE = 39;
const CLOSE_PAREN = 41;
const SEMICOLON = 59;
const LESS = 60;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

const QUANTIFIER = /\{\d{1,5}(?:,\d{0,5})?\}/y;

const isSpace = (code: number): boolean => code === SPACE || code === LF || code === CR || code === TAB;

export function scanner(text: string, report: (problem: SyntaxProblem) => void): Scanner {
  const comments: Span[] = [];
  const templates: Span[] = [];
  const marks = templateMarks(text);
  let position = 0;

  function skipComment(at: number): number {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    // At the very end of the file nginx need not read on, so there one byte more fits.
    if (longerThanBuffer(at, end, end < text.length ? 0 : -1)) {
      report({
        code: 'too-long-parameter',
        span: { start: at, end },
        message: `This comment is longer than ${LONGEST - 1} bytes: nginx -t stops with "too long parameter". Break it into several lines.`,
      });
    }
    comments.push({ start: at, end: end > at && text.charCodeAt(end - 1) === CR ? end - 1 : end });
    return end;
  }

  /** `more`: bytes behind `end` that must fit too. */
  function longerThanBuffer(start: number, end: number, more: number): boolean {
    if (end - start + more >= LONGEST) return true;
    if ((end - start) * 3 + more < LONGEST) return false;
    let bytes = more;
    for (let i = start; i < end; i++) {
      const code = text.charCodeAt(i);
      // A surrogate pair is four bytes: two for each half.
      bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
    }
    return bytes >= LONGEST;
  }

  function word(start: number, end: number, quote: Word['quote'], escaped: boolean, template: boolean): Word {
    const raw = quote ? text.slice(start + 1, end - 1) : text.slice(start, end);
    // nginx must also have room to look at what follows, unless ";" or "{" ends the statement with the word.
    const next = text.charCodeAt(end);
    const more = next === SEMICOLON || next === OPEN ? 0 : 1;
    if (end - start > LONGEST / 3 - 2 && longerThanBuffer(quote ? start + 1 : start, end, more)) {
      report({
        code: 'too-long-parameter',
        span: { start, end },
        message: `This parameter is longer than ${LONGEST - 1} bytes: nginx -t stops with "too long parameter".`,
      });
    }
    return { start, end, value: escaped ? resolveEscapes(raw) : raw, quote, template };
  }

  /** Reads a word that starts with a quote. Returns null when it never ends within nginx's buffer or the text. */
  function quotedWord(start: number, quote: number): Word | null {
    let escaped = false;
    let isOneLine = true;
    for (let i = start + 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === BACKSLASH) {
        escaped = true;
        i++;
      } else if (code === quote) {
        return word(start, i + 1, quote === DOUBLE ? '"' : "'", escaped, MARKER.test(text.slice(start, i)));
      } else if (code === LF) {
        isOneLine = false;
      }
      // A string that closes on its line is only too long.
      if (i - start > LONGEST && !isOneLine) return null;
    }
    return null;
  }

  /** `opener`: the first word of the statement, empty for that word itself. */
  function bareWord(start: number, opener: string): Word {
    let escaped = false;
    let template = false;
    let variable = false;
    /** Where a regular expression says how often: `{4}`, which nginx takes for a block. */
    let quantifier = -1;
    let i = start;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === OPEN) {
        if (variable) continue;
        const end = marks.end(i, false);
        if (end >= 0) template = true;
        const next = end >= 0 ? end : quantifierEnd(i, start, opener);
        if (next < 0) break;
        if (end < 0 && quantifier < 0) quantifier = i;
        i = next - 1;
      } else if (code === LESS) {
        variable = false;
        const end = marks.end(i, false);
        if (end < 0) continue;
        template = true;
        i = end - 1;
      } else if (isSpace(code) || code === SEMICOLON) {
        // The first character belongs to the word even where it is a quote or a brace that could not start one.
        if (i > start) break;
      } else {
        variable = code === DOLLAR;
        if (code === BACKSLASH) {
          escaped = true;
          i++;
        }
      }
    }
    const end = Math.min(i, text.length);
    if (quantifier >= 0) {
      const raw = text.slice(start, end);
      const quote = raw.includes('"') ? "'" : '"';
      report({
        code: 'unexpected-token',
        span: { start: quantifier, end: quantifier + 1 },
        message: `nginx takes this "{" for the start of a block, even in a regular expression: put ${excerpt(start, end)} in quotes.`,
        fix: { title: 'Put the expression in quotes', span: { start, end }, newText: `${quote}${raw}${quote}` },
      });
    }
    return word(start, end, null, escaped, template);
  }

  /** The offset behind `{4}`, `{2,}` or `{2,4}` inside a word, or -1. Only where nginx itself would fail. */
  function quantifierEnd(at: number, start: number, opener: string): number {
    // `map $a $b{4} x;}` is a map with one line; what stands in a map's lines is not a block in any case.
    if (at === start || isDataBlock(opener)) return -1;
    QUANTIFIER.lastIndex = at;
    return QUANTIFIER.test(text) ? QUANTIFIER.lastIndex : -1;
  }

  /** A quote that is never closed: the word is taken to end with its line, before a `;` or `{` that ends the line. */
  function unclosedQuote(start: number): Word {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    while (end > start + 1 && isSpace(text.charCodeAt(end - 1))) end--;
    const last = text.charCodeAt(end - 1);
    if (end > start + 1 && (last === SEMICOLON || last === OPEN)) end--;
    while (end > start + 1 && isSpace(text.charCodeAt(end - 1))) end--;
    return { start, end, value: text.slice(start + 1, end), quote: null, template: false };
  }

  /** A string cut short by a quote inside a template marker, `"{{ name "x" }}"`, read to its real end; null for others. */
  function templateString(cut: Word, at: number): Word | null {
    const head = text.slice(cut.start, cut.end);
    const marker = head.lastIndexOf('{{');
    if (marker < 0 || head.includes('}}', marker)) return null;
    const [line = ''] = text.slice(at, at + LONGEST).split('\n', 1);
    const markerEnd = line.indexOf('}}');
    const quote = markerEnd < 0 ? -1 : line.indexOf(text[cut.start]!, markerEnd);
    if (quote < 0) return null;
    const close = at + quote;
    return {
      start: cut.start,
      end: close + 1,
      value: text.slice(cut.start + 1, close),
      quote: cut.quote,
      template: true,
    };
  }

  function reportUnclosedQuote(start: number, at: number, found: string, mend: Word): void {
    const quote = text[start]!;
    const opened = { start, end: start + 1 };
    report({
      code: 'unclosed-quote',
      span: { start: at, end: Math.min(at + 1, text.length) },
      message: `${found}: the quote that opens ${excerpt(start, mend.end)} is not closed on its line. nginx -t stops here.`,
      related: { span: opened, message: `This ${quote} needs its closing ${quote}.` },
      fix: { title: `Close the quote: insert ${quote}`, span: { start: mend.end, end: mend.end }, newText: quote },
    });
  }

  function excerpt(start: number, end: number): string {
    return end - start > 24 ? `${text.slice(start, start + 23)}…` : text.slice(start, end);
  }

  function next(): Statement {
    const words: Word[] = [];
    let afterQuote = false; // need_space: what follows a closing quote must be a space, ";", "{" or ")"
    let i = position;
    const finish = (terminator: Terminator, at: number, resumeAt: number): Statement => {
      position = resumeAt;
      return { words, terminator, at };
    };
    while (i < text.length) {
      const code = text.charCodeAt(i);
      if (isSpace(code)) {
        afterQuote = false;
        i++;
        continue;
      }
      if (afterQuote && code !== SEMICOLON && code !== OPEN && code !== CLOSE_PAREN) {
        const previous = words[words.length - 1]!;
        if (code === CLOSE && !text.slice(previous.start, previous.end).includes('\n')) {
          if (!/^\s*;/.test(text.slice(i + 1, i + 80))) return finish('error', i, i);
          report({
            code: 'unexpected-token',
            span: { start: i, end: i + 1 },
            message: 'Unexpected "}" before ";": it closes nothing here. nginx -t stops here.',
            fix: { title: 'Remove the "}"', span: { start: i, end: i + 1 }, newText: '' },
          });
          i++;
          continue;
        }
        const rest = templateString(previous, i);
        if (rest) {
          words[words.length - 1] = rest;
          i = rest.end;
          continue;
        }
        if (text.slice(previous.start, previous.end).includes('\n')) {
          // The quote was closed by the opening quote of a later string: the first one lacks its end.
          words.pop();
          const mend = unclosedQuote(previous.start);
          reportUnclosedQuote(previous.start, i, `Unexpected "${text[i]}"`, mend);
          words.push(mend);
          i = mend.end;
        } else {
          report({
            code: 'unexpected-token',
            span: { start: i, end: i + 1 },
            message: `Unexpected "${text[i]}" right after the closing ${previous.quote}: nginx expects a space, ";" or "{" here.`,
            fix: { title: 'Insert a space', span: { start: i, end: i }, newText: ' ' },
          });
        }
        afterQuote = false;
        continue;
      }
      const templateStatement = words.length === 0 ? marks.statementEnd(i) : -1;
      if (templateStatement >= 0) {
        templates.push({ start: i, end: templateStatement });
        i = templateStatement;
      } else if (code === SEMICOLON) {
        if (words.length > 0) return finish(';', i, i + 1);
        report({
          code: 'unexpected-token',
          span: { start: i, end: i + 1 },
          message: 'Unexpected ";": there is no directive before it. nginx -t stops here.',
          fix: { title: 'Remove the ";"', span: { start: i, end: i + 1 }, newText: '' },
        });
        i++;
      } else if (code === OPEN) {
        if (marks.end(i, words.length === 0) < 0) return finish('{', i, i + 1);
        const found = bareWord(i, words[0]?.value ?? '');
        words.push(found);
        i = found.end;
      } else if (code === CLOSE) {
        if (words.length > 0) return finish('error', i, i);
        return finish('}', i, i + 1);
      } else if (code === HASH) {
        i = skipComment(i);
      } else if (code === DOUBLE || code === SINGLE) {
        let found = quotedWord(i, code);
        if (found) {
          afterQuote = true;
        } else {
          found = unclosedQuote(i);
          // nginx names the line of the quote when its buffer is full, the last line when the file ends before that.
          const at = text.length - i > LONGEST ? i : text.length;
          reportUnclosedQuote(
            i,
            at,
            at === i ? 'No closing quote within 4095 bytes' : 'The file ends inside quotes',
            found,
          );
        }
        words.push(found);
        i = found.end;
      } else {
        afterQuote = false;
        const found = bareWord(i, words[0]?.value ?? '');
        words.push(found);
        i = found.end;
      }
    }
    return finish('end', text.length, text.length);
  }

  return {
    next,
    resume: (offset) => {
      position = offset;
    },
    get position() {
      return position;
    },
    comments,
    templates,
  };
}

/** Resolves `\"`, `\'`, `\\`, `\t`, `\r` and `\n`; any other backslash stays, as in nginx. */
function resolveEscapes(raw: string): string {
  return raw.replace(/\\(["'\\trn])/g, (_, c: string) => (c === 't' ? '\t' : c === 'r' ? '\r' : c === 'n' ? '\n' : c));
}
