/** Offsets to lines and back, with the line ends that LSP knows: LF, CRLF and a lone CR. */
import type { Span } from './span';

/** 0-based line, 0-based UTF-16 code unit in it, as in LSP. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface LineMap {
  readonly lineCount: number;
  /** Offset at which a 0-based line starts; past the last line, the end of the text. */
  lineStart(line: number): number;
  /** Offset at which the text of a 0-based line ends, before its line end. */
  lineEnd(line: number): number;
  position(offset: number): Position;
  /** A character past the end of its line is taken as the end, a line past the last as the end of the text, as in LSP. */
  offset(position: Position): number;
  range(span: Span): Range;
}

export function lineMap(text: string): LineMap {
  const starts = lineStarts(text);
  const lineStart = (line: number): number => (line < 0 ? 0 : (starts[line] ?? text.length));
  const lineEnd = (line: number): number => {
    let end = lineStart(line + 1);
    if (line + 1 >= starts.length) return text.length;
    const last = text.charCodeAt(end - 1);
    end--;
    if (last === 10 && end > lineStart(line) && text.charCodeAt(end - 1) === 13) end--;
    return end;
  };
  const position = (offset: number): Position => {
    const at = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: at - starts[low]! };
  };
  return {
    lineCount: starts.length,
    lineStart,
    lineEnd,
    position,
    offset: ({ line, character }) => Math.min(lineStart(line) + Math.max(0, character), lineEnd(line)),
    range: ({ start, end }) => ({ start: position(start), end: position(end) }),
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
    return starts;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}
