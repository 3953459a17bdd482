/** Finds where a `*_by_lua_block` ends: OpenResty counts braces in the Lua code, outside its strings and comments. */

export interface LuaEnd {
  /** Offset of the `}` that closes the body, or -1 when the text ends first. */
  readonly close: number;
  /** Offset of a long bracket, `[[` or `[==[`, that runs on to the end of the text, or -1. */
  readonly bracket: number;
}

/** Where a Lua body ends that starts at `start`. */
export function luaEnd(text: string, start: number): LuaEnd {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '{') depth++;
    else if (char === '}') {
      if (depth-- === 0) return { close: i, bracket: -1 };
    } else if (char === '"' || char === "'") {
      i = stringEnd(text, i);
    } else if (char === '[') {
      const end = longBracketEnd(text, i) ?? i;
      if (end === text.length) return { close: -1, bracket: i };
      i = end;
    } else if (char === '-' && text[i + 1] === '-') {
      const long = text[i + 2] === '[' ? longBracketEnd(text, i + 2) : undefined;
      if (long === text.length) return { close: -1, bracket: i + 2 };
      const lineEnd = text.indexOf('\n', i);
      i = long ?? (lineEnd < 0 ? text.length : lineEnd);
    }
  }
  return { close: -1, bracket: -1 };
}

/** Offset of the quote that closes a string, or of its line end: a Lua string does not run over lines unless escaped. */
function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[start] || text[i] === '\n') return i;
  }
  return text.length;
}

/** Offset of the last character of `[[…]]` or `[==[…]==]` at `start`; undefined when no long bracket opens there. */
function longBracketEnd(text: string, start: number): number | undefined {
  let level = start + 1;
  while (text[level] === '=') level++;
  if (text[level] !== '[') return undefined;
  const close = `]${'='.repeat(level - start - 1)}]`;
  const end = text.indexOf(close, level + 1);
  return end < 0 ? text.length : end + close.length - 1;
}
