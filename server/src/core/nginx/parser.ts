/**
 * Text to tree. Valid files are read exactly as nginx reads them; guessing begins only where nginx would fail. Never
 * throws, keeps its own stack, and takes time in proportion to the text.
 */
import type { Span } from '../text/span';
import { isDataBlock, nameOf, signatures } from './catalogue';
import { luaEnd } from './lua';
import { type Phrase, PhraseDirective, phraseAt, remember } from './phrase';
import { dataSplitPoint, isRefused, opensBlock, splitPoint, swallowedDirective } from './recovery';
import { scanner, type Terminator } from './scanner';
import { isDoubled } from './template';
import { type Block, type Directive, type NginxTree, type SyntaxProblem, type Word, WordDirective, walk } from './tree';

const BLANKS = /[ \t\r\n]*/y;
const HASH = 35;
const CLOSE = 125;

/** What follows the brace of a template's mark. */
const MARK_START = /[{%!*#]/;

/** More problems than a person can read; nginx itself stops at the first. */
const MOST_PROBLEMS = 100;

/** A directive while its block is being read. */
interface Frame {
  readonly directive: Opener;
  readonly block: Writable<Block>;
  /** Where what it holds begins among what the open blocks hold. */
  readonly from: number;
  /** Inside a block that stock nginx does not know: its lines may be data, so nothing is guessed from their words. */
  readonly opaque: boolean;
  /** Its lines are data, not directives. */
  readonly data: boolean;
}

const NO_ITEMS: readonly Directive[] = [];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A directive that is being read. */
type Opener = WordDirective | PhraseDirective;

/** A text of which nothing can be read. */
function unread(text: string): NginxTree {
  return { text, items: [], comments: [], templates: [{ start: 0, end: text.length }], problems: [] };
}

/** `from`: where the file starts in `text`, for one that is held by another. */
export function parse(text: string, from = 0): NginxTree {
  if (isDoubled(text)) return unread(text);
  const problems: SyntaxProblem[] = [];
  const report = (problem: SyntaxProblem): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const scan = scanner(text, report);
  const items: Directive[] = [];
  const stack: Frame[] = [];
  /** What stands in the open blocks, those of the outermost first: lists of their own would grow far beyond what they hold. */
  const held: Directive[] = [];
  const newline = text.indexOf('\r\n', from) >= 0 ? '\r\n' : '\n';

  scan.resume(from);
  if (text.charCodeAt(from) === 0xfeff) {
    const mark = { start: from, end: from + 1 };
    // A comment or an empty line behind the mark becomes a part of the first directive, and nginx names the line of its end.
    const end = text.slice(from, from + 4096).search(/[;{}]/) + from;
    const below = end > from && text.slice(from, end).includes('\n');
    report({
      code: 'byte-order-mark',
      span: below ? { start: end, end: end + 1 } : mark,
      ...(below ? { related: { span: mark, message: 'The byte order mark is here.' } } : {}),
      message:
        'The file starts with a byte order mark, which nginx reads as part of the first word: "unknown directive". Save it as UTF-8 without BOM.',
      fix: { title: 'Remove the byte order mark', span: mark, newText: '' },
    });
    scan.resume(from + 1);
  }

  const top = (): Frame | undefined => stack[stack.length - 1];

  function add(words: readonly Word[], end: number, semicolon: number): WordDirective {
    const frame = top();
    const directive = new WordDirective(words, end, semicolon, frame?.directive ?? null);
    put(directive, frame);
    return directive;
  }

  function put(directive: Directive, frame: Frame | undefined): void {
    if (!frame) items.push(directive);
    else {
      held.push(directive);
      if (directive.called === 'include') frame.block.includes = true;
    }
  }

  function open(words: readonly Word[], brace: number): void {
    openBlock(add(words, text.length, -1), brace);
  }

  function openBlock(directive: Opener, brace: number): void {
    const block: Frame['block'] = {
      start: brace,
      end: text.length,
      items: NO_ITEMS,
      includes: false,
      closed: false,
      templated: false,
      foreign: null,
    };
    directive.block = block;
    const about = directive.phrase === null ? nameOf(directive.called) : directive.phrase.about;
    if (about.holdsLua) {
      passLua(directive, block);
      return;
    }
    const around = stack[stack.length - 1];
    const opaque = about.signatures.length === 0 || around?.opaque === true;
    stack.push({ directive, block, from: held.length, opaque, data: about.holdsData });
  }

  function passLua(directive: Opener, block: Writable<Block>): void {
    const start = block.start + 1;
    const { close: end, bracket } = luaEnd(text, start);
    block.closed = end >= 0;
    block.end = end < 0 ? text.length : end + 1;
    block.foreign = { start, end: end < 0 ? text.length : end };
    scan.resume(block.end);
    if (bracket >= 0) reportBracket(directive, bracket);
    else if (end < 0) reportUnclosed(directive, text.length);
  }

  /** The innermost block with what it holds; undefined when none is open. */
  function leave(): Frame | undefined {
    const frame = stack.pop();
    if (frame && frame.from < held.length) {
      frame.block.items = held.slice(frame.from);
      held.length = frame.from;
    }
    return frame;
  }

  function close(at: number): void {
    const frame = leave();
    if (!frame) {
      report({
        code: 'unexpected-close',
        span: { start: at, end: at + 1 },
        message: 'Unexpected "}": no block is open here. nginx -t stops here.',
        ...surplus(at),
      });
      return;
    }
    frame.block.end = at + 1;
    frame.block.closed = true;
  }

  let soughtSurplus = false;

  /** Which `}` is the one too many, judged by indentation: the first that stands further right than the block it closes. */
  function surplus(at: number): Pick<SyntaxProblem, 'fix' | 'related'> {
    const remove = (title: string, brace: number) => ({ title, span: { start: brace, end: brace + 1 }, newText: '' });
    const isFirst = !soughtSurplus;
    soughtSurplus = true;
    for (const directive of isFirst ? closedBlocks() : []) {
      const brace = directive.end - 1;
      const [outer, inner] = [lineIndent(directive.start), lineIndent(brace)];
      if (!outer || !inner || outer.start === inner.start || inner.width <= outer.width) continue;
      const name = directive.called;
      return {
        related: {
          span: { start: brace, end: brace + 1 },
          message: `This "}" closes "${name}", by its place too early.`,
        },
        fix: remove(`Remove the "}" that closes "${name}" too early`, brace),
      };
    }
    return { fix: remove('Remove the "}"', at) };
  }

  /** The block that seems to lack its `}`, judged by indentation: the first whose `}` stands further left than it does. */
  function suspect(): { directive: Directive; insertAt: number } | null {
    for (const directive of closedBlocks()) {
      const brace = lineIndent(directive.end - 1);
      if (brace?.alone && brace.width < (lineIndent(directive.start)?.width ?? 0))
        return { directive, insertAt: brace.start };
    }
    return null;
  }

  /** By the place of their `}`. */
  function closedBlocks(): Directive[] {
    return [...walk(items)].filter(({ block }) => block?.closed && !block.foreign).sort((a, b) => a.end - b.end);
  }

  /** The indentation of the line that holds `at`; null where the line is too long to tell. `alone`: nothing else before `at`. */
  function lineIndent(at: number): { start: number; width: number; alone: boolean } | null {
    let start = at;
    while (start > 0 && text.charCodeAt(start - 1) !== 10) {
      start--;
      if (at - start > 400) return null;
    }
    let end = start;
    while (end < at && (text.charCodeAt(end) === 32 || text.charCodeAt(end) === 9)) end++;
    return { start, width: end - start, alone: end === at };
  }

  function reportUnclosed(directive: Directive, insertAt: number): void {
    const name = directive.called;
    const indent = lineIndent(directive.start);
    const lead = indent ? text.slice(indent.start, indent.start + indent.width) : '';
    const before = insertAt === 0 || text.charCodeAt(insertAt - 1) === 10 ? '' : newline;
    report({
      code: 'unclosed-block',
      span: { start: text.length, end: text.length },
      message: `The file ends, but the "${name}" block is still open: a "}" is missing. nginx -t stops here.`,
      related: { span: directive.name, message: `This "${name}" block is not closed.` },
      fix: {
        title: `Close the "${name}" block: insert }`,
        span: { start: insertAt, end: insertAt },
        newText: `${before}${lead}}${newline}`,
      },
    });
  }

  /** OpenResty stops where the bracket opens. */
  function reportBracket({ name }: Directive, at: number): void {
    const open = text.slice(at, text.indexOf('[', at + 1) + 1).slice(0, 40);
    report({
      code: 'unclosed-block',
      span: { start: at, end: at + open.length },
      message: `This "${open}" is never closed: the Lua code of "${name.value}" needs a "${open.replaceAll('[', ']')}".`,
    });
  }

  /**
   * Where nginx stops before the end when a block lacks its brace: at the first directive that may not stand in the block
   * around it. Only one that is indented no deeper than that block is evidence of a missing brace.
   */
  function firstStray(): Directive | null {
    for (const directive of walk(items)) {
      const outer = directive.parent;
      if (!outer || !isRefused(directive, outer)) continue;
      const own = lineIndent(directive.start);
      const around = lineIndent(outer.start);
      if (own?.alone && around && own.width <= around.width) return directive;
    }
    return null;
  }

  function reportStray(directive: Directive, outer: Directive): void {
    const around = outer.called;
    const end = directive.block?.start ?? directive.semicolon;
    const isOneLine = !text.slice(directive.start, end).includes('\n');
    report({
      code: 'unclosed-block',
      span: isOneLine ? directive.name : { start: end, end: end + 1 },
      message: `"${directive.called}" cannot stand here in "${around}": the "}" of "${around}" seems to be missing before this line. nginx -t stops here.`,
      related: { span: outer.name, message: `This "${around}" block is not closed.` },
      fix: closeBefore(outer, directive.start),
    });
  }

  /** Closes the block of `outer` on a line of its own before the line of `at`; right before `at` where that line has begun. */
  function closeBefore(outer: Directive, at: number): SyntaxProblem['fix'] {
    const line = lineIndent(at);
    const indent = lineIndent(outer.start);
    const lead = indent ? text.slice(indent.start, indent.start + indent.width) : '';
    const insert = line?.alone ? line.start : at;
    return {
      title: `Close the "${outer.called}" block: insert }`,
      span: { start: insert, end: insert },
      newText: line?.alone ? `${lead}}${newline}` : '} ',
    };
  }

  /**
   * Adds a directive whose `;` is missing. `next` is what nginx meets instead of it, `span` where it notices. A `}` glued
   * to the last word, `return 200}`, is a part of that word for nginx, but hardly meant so.
   */
  function endMissing(span: Span, next: Span, words: readonly Word[]): void {
    const name = words[0]!;
    const last = words[words.length - 1]!;
    const isGlued =
      !last.quote && !last.template && last !== name && /^[^{}]+\}$/.test(text.slice(last.start, last.end));
    const end = isGlued ? last.end - 1 : last.end;
    const met =
      next.start >= text.length
        ? 'the end of the file'
        : `"${text.slice(next.start, Math.min(next.end, next.start + 40))}"`;
    report({
      code: 'missing-semicolon',
      span,
      message: isGlued
        ? `A ";" is missing before the "}" in "${text.slice(last.start, last.end).slice(-40)}": nginx takes that "}" for a part of the word and reads on.`
        : `A ";" is missing before ${met}: nginx reads on and takes it for a parameter of "${name.value}".`,
      related: { span: { start: end - 1, end }, message: 'The ";" belongs behind this.' },
      fix: { title: `End "${name.value}" with ;`, span: { start: end, end }, newText: isGlued ? '; ' : ';' },
    });
    add(isGlued ? [...words.slice(0, -1), { ...last, end, value: last.value.slice(0, -1) }] : words, end, -1);
    if (isGlued) close(end);
  }

  /** Splits a statement where lines lack their `;`, and adds what comes out. */
  function statement(all: readonly Word[], terminator: Terminator, at: number): void {
    const outer = top()?.directive.called ?? '';
    const inData = isDataBlock(outer);
    const opaque = top()?.opaque ?? false;
    const find = (from: readonly Word[]): number => {
      if (opaque) return -1;
      return inData ? dataSplitPoint(text, from, outer) : splitPoint(text, from, terminator);
    };
    let words = all;
    let split = find(words);
    for (let splits = 0; split >= 0 && splits < MOST_PROBLEMS; splits++) {
      const before = words[split - 1]!;
      const rest = words.slice(split);
      const following = find(rest);
      if (!inData && opensBlock(words[0]!, words.slice(1, split), outer)) {
        report({
          code: 'missing-brace',
          span: { start: at, end: Math.min(at + 1, text.length) },
          message: `The block directive "${words[0]!.value}" has no opening "{". nginx -t stops here.`,
          related: { span: words[0]!, message: `The "{" belongs behind this "${words[0]!.value}".` },
          fix: {
            title: `Open the "${words[0]!.value}" block: insert {`,
            span: { start: before.end, end: before.end },
            newText: ' {',
          },
        });
        open(words.slice(0, split), before.end);
      } else {
        // nginx has put one statement together, and names the line on which that ends.
        const isLast = following < 0 && (terminator === ';' || terminator === '{');
        const seen = isLast && text.slice(rest[0]!.start, at).includes('\n') ? { start: at, end: at + 1 } : rest[0]!;
        endMissing(seen, rest[0]!, words.slice(0, split));
      }
      words = rest;
      split = following;
    }
    const name = words[0]!;
    const last = words[words.length - 1]!;
    switch (terminator) {
      case ';':
        if (!inData && !opaque) checkSimple(words, at, outer);
        add(words, at + 1, at);
        break;
      case '{':
        // A template may open the same block in each of its branches.
        if (inData && scan.templates.length === 0) {
          report({
            code: 'unexpected-token',
            span: { start: at, end: at + 1 },
            message: `Unexpected "{" inside "${top()!.directive.called}", which holds no blocks: its "}" is missing before this line, or this "{" is one too many. nginx -t stops here.`,
            related: { span: top()!.directive.name, message: `"${top()!.directive.called}" opens here.` },
            ...(signatures(name.value).some((signature) => signature.block)
              ? { fix: closeBefore(top()!.directive, name.start) }
              : {}),
          });
          if (signatures(name.value).some((signature) => signature.block)) {
            const frame = leave()!;
            frame.block.end = name.start;
          }
        } else if (!opaque && checkBlock(words, at)) {
          break;
        }
        open(words, at);
        break;
      default: {
        const met = { start: at, end: Math.min(at + 1, text.length) };
        if (terminator === 'end' || !last.template) endMissing(met, met, words);
        else add(words, last.end, -1);
      }
    }
  }

  function checkSimple(words: readonly Word[], at: number, outer: string): void {
    const name = words[0]!;
    if (opensBlock(name, words.slice(1), outer)) {
      report({
        code: 'missing-brace',
        span: { start: at, end: at + 1 },
        message: `The block directive "${name.value}" has no opening "{". nginx -t stops here.`,
        related: { span: name, message: `"${name.value}" opens a block.` },
        fix: { title: 'Replace ";" by "{ }"', span: { start: at, end: at + 1 }, newText: ' {}' },
      });
      return;
    }
    const swallowed = swallowedDirective(text, words);
    if (swallowed > 0) {
      const word = words[swallowed]!;
      const before = words[swallowed - 1]!;
      report({
        code: 'likely-missing-semicolon',
        span: word,
        message: `"${word.value}" is read as a parameter of "${name.value}", because the line before has no ";". nginx accepts that, but it is hardly meant.`,
        related: { span: { start: before.end - 1, end: before.end }, message: 'Is a ";" missing behind this?' },
        fix: { title: `End "${name.value}" with ;`, span: { start: before.end, end: before.end }, newText: ';' },
      });
    }
  }

  /** True when the `{` turned out to belong to an argument, and the directive has been added. */
  function checkBlock(words: readonly Word[], at: number): boolean {
    const name = words[0]!;
    const known = signatures(name.value);
    if (known.length === 0 || known.some((signature) => signature.block) || words.some((word) => word.template))
      return false;
    if (problems.length >= MOST_PROBLEMS) return false;
    const [, braces, tail] = /^(\{.*\})([ \t]*;)/.exec(text.slice(at, at + 1000)) ?? [];
    const quote = braces?.includes("'") ? (/["\\]/.test(braces) ? null : '"') : "'";
    report({
      code: 'not-a-block',
      span: { start: at, end: at + 1 },
      message: `"${name.value}" opens no block: nginx expects ";" here, not "{".${braces ? ' Text with braces needs quotes.' : ''}`,
      related: { span: name, message: `The directive is not terminated by ";".` },
      ...(braces && quote
        ? {
            fix: {
              title: 'Put the text in quotes',
              span: { start: at, end: at + braces.length },
              newText: `${quote}${braces}${quote}`,
            },
          }
        : {}),
    });
    if (braces === undefined) return false;
    const end = at + braces.length;
    const semicolon = end + tail!.length - 1;
    add([...words, { start: at, end, value: braces, quote: null, template: false }], semicolon + 1, semicolon);
    scan.resume(semicolon + 1);
    return true;
  }

  let position = scan.position;
  let nextSemicolon = -1;
  let nextBrace = -1;

  /** The statement at `position`, when its text has been read before or can be read without looking further. */
  function phraseHere(): Phrase | null {
    // Searched once each, however often they are passed by: a text without one is not read to its end again and again.
    if (nextSemicolon < position) {
      nextSemicolon = text.indexOf(';', position);
      if (nextSemicolon < 0) nextSemicolon = text.length;
    }
    if (nextBrace < position) {
      nextBrace = text.indexOf('{', position);
      if (nextBrace < 0) nextBrace = text.length;
    }
    const opens = nextBrace < nextSemicolon;
    const end = (opens ? nextBrace : nextSemicolon) + 1;
    // "location {{ path }} {": the brace may begin a template's mark.
    if (end > text.length || (opens && MARK_START.test(text[end] ?? ''))) return null;
    return phraseAt(text, position, end);
  }

  for (let done = false; !done; ) {
    // Native code passes the indentation, which is a third of most files, faster than a loop of ours.
    BLANKS.lastIndex = position;
    BLANKS.test(text);
    position = BLANKS.lastIndex;
    const code = text.charCodeAt(position);
    if (code === CLOSE) {
      close(position++);
      continue;
    }
    const frame = stack[stack.length - 1];
    const phrase = code === HASH ? null : phraseHere();
    // In a block of data a "{" opens nothing.
    if (phrase && !(phrase.opens && frame?.data)) {
      const directive = new PhraseDirective(phrase, position, frame ? frame.directive : null);
      // `put` without its call, which would be one for each line.
      if (!frame) items.push(directive);
      else {
        held.push(directive);
        if (directive.called === 'include') frame.block.includes = true;
      }
      position += phrase.length;
      if (phrase.opens) {
        openBlock(directive, position - 1);
        if (phrase.about.holdsLua) position = scan.position;
      }
      continue;
    }
    scan.resume(position);
    const before = problems.length;
    const marks = scan.templates.length;
    const { words, terminator, at } = scan.next();
    const around = top();
    if (around && scan.templates.length > marks) around.block.templated = true;
    if (words.length > 0) {
      statement(words, terminator, at);
      const accepted =
        problems.length === before && before < MOST_PROBLEMS && (terminator === ';' || terminator === '{');
      if (accepted) remember(text, words, at + 1);
    } else if (terminator === '{') {
      report({
        code: 'unexpected-token',
        span: { start: at, end: at + 1 },
        message: 'Unexpected "{": a block needs a directive name before it. nginx -t stops here.',
      });
      open([{ start: at, end: at, value: '', quote: null, template: false }], at);
    }
    if (terminator === '}') close(at);
    done = terminator === 'end';
    position = scan.position;
  }

  // One problem for all blocks left open: the one that seems to lack its brace, or else the innermost.
  const innermost = top();
  while (stack.length > 0) leave();
  const stray = innermost ? firstStray() : null;
  if (stray) reportStray(stray, stray.parent!);
  else if (innermost) {
    const guess = suspect();
    reportUnclosed(guess?.directive ?? innermost.directive, guess?.insertAt ?? text.length);
  }

  const templated = scan.templates.length > 0;
  return {
    text,
    items,
    comments: scan.comments,
    templates: scan.templates,
    // Template statements may hold either half of a block: what they leave open or close twice is theirs to know.
    problems: (templated ? problems.filter(({ code }) => !STRUCTURAL.has(code)) : problems).sort(
      (a, b) => a.span.start - b.span.start,
    ),
  };
}

const STRUCTURAL = new Set<SyntaxProblem['code']>([
  'unclosed-block',
  'unexpected-close',
  'missing-semicolon',
  'missing-brace',
]);
