/** A class of characters: what stands in brackets. */
import { readEscape, readProperty } from './escapes';
import { next, type Reader, refuse } from './reader';

const POSIX = new Set([
  ...['alpha', 'lower', 'upper', 'alnum', 'ascii', 'blank', 'cntrl', 'digit', 'graph', 'print', 'punct', 'space'],
  ...['word', 'xdigit'],
]);

/** Where the `:]`, `.]` or `=]` stands that ends what begins at `at`, behind a `[`; -1 where nothing of this kind begins. */
function posixEnd(text: string, at: number): number {
  const sign = text[at];
  if (sign !== ':' && sign !== '.' && sign !== '=') return -1;
  for (let end = at + 1; end < text.length - 1; end++) {
    const character = text[end];
    const after = text[end + 1];
    if (character === '\\' && (after === ']' || after === '\\')) end++;
    else if (character === ']' || (character === '[' && after === sign)) return -1;
    else if (character === sign && after === ']') return end;
  }
  return -1;
}

function refuseUnclosed(): never {
  return refuse('the "]" that closes a "[" is missing');
}

/** Behind the `[`. Gives back how many bytes the class fills when compiled. */
export function readClass(reader: Reader, blanksCount: boolean): number {
  const { text } = reader;
  if (posixEnd(text, reader.at) >= 0) {
    const end = posixEnd(text, reader.at);
    const written = `[${text.slice(reader.at, end + 2)}`;
    refuse(
      text[reader.at] === ':'
        ? `"${written}" stands only inside brackets: write "[${written}]"`
        : `PCRE does not know "${written}"`,
    );
  }
  let code = start(reader, blanksCount);
  let members = 0;
  let quoted = false;
  /** The character before, where it may start a range. */
  let low: number | null = null;
  let inRange = false;

  const literal = (of: number): void => {
    members++;
    if (!inRange) {
      low = of;
      return;
    }
    if (of < low!) refuse(`a range in brackets runs backwards${range(low!, of)}`);
    if (of > low!) members++;
    low = null;
    inRange = false;
  };
  /** A class within the class cannot start or end a range. */
  const kind = (): void => {
    if (inRange) refuse('a range in brackets ends with a class of characters: write the "-" first or last', 'older');
    members += 2;
    low = null;
  };
  const noRange = (): void => {
    if (text[reader.at] === '-' && reader.at < text.length - 1 && text[reader.at + 1] !== ']')
      refuse('a range in brackets starts with a class of characters: write the "-" first or last', 'older');
  };

  for (let first = true; first || quoted || code !== 0x5d; first = false) {
    const character = code < 128 ? String.fromCharCode(code) : '';
    if (quoted) {
      if (character === '\\' && text[reader.at] === 'E') {
        quoted = false;
        reader.at++;
      } else literal(code);
    } else if (!blanksCount && (character === ' ' || character === '\t')) {
      // Passed over after (?xx).
    } else if (character === '[' && text.length - reader.at >= 3 && posixEnd(text, reader.at) >= 0) {
      const end = posixEnd(text, reader.at);
      const written = `[${text.slice(reader.at, end + 2)}`;
      if (text[reader.at] !== ':') {
        kind();
        refuse(`PCRE does not know "${written}"`);
      }
      kind();
      if (!POSIX.has(text.slice(reader.at + 1, end).replace(/^\^/, '')))
        refuse(`"${written}" is no class of characters`);
      reader.at = end + 2;
      noRange();
    } else if (character === '-' && low !== null && !inRange) {
      inRange = true;
      members++;
    } else if (character !== '\\') literal(code);
    else {
      const found = readEscape(reader, true);
      if (found.kind === 'character') literal(found.code);
      else if (found.kind === 'letter') {
        const { letter } = found;
        if (letter === 'b') literal(8);
        else if (letter === 'Q') quoted = true;
        else if (letter !== 'E') {
          if ('BRX'.includes(letter)) refuse(`"\\${letter}" cannot stand in brackets`, 'older');
          kind();
          if (letter === 'N') refuse('"\\N" cannot stand in brackets');
          if (letter === 'p' || letter === 'P') readProperty(reader);
          else if (!'HhVvdDsSwW'.includes(letter)) refuse(`"\\${letter}" cannot stand in brackets`, 'older');
          noRange();
        }
      }
    }
    if (reader.at >= text.length) refuseUnclosed();
    code = next(reader);
  }
  return members === 1 ? 2 : 33;
}

/** The first character that counts, behind "^" and empty "\Q\E". */
function start(reader: Reader, blanksCount: boolean): number {
  const { text } = reader;
  let negated = false;
  while (reader.at < text.length) {
    const code = next(reader);
    if (code === 0x5c && text[reader.at] === 'E') reader.at++;
    else if (code === 0x5c && text.startsWith('Q\\E', reader.at)) reader.at += 3;
    else if (!blanksCount && (code === 0x20 || code === 0x09)) continue;
    else if (!negated && code === 0x5e) negated = true;
    else return code;
  }
  return refuseUnclosed();
}

function range(low: number, high: number): string {
  if (low > 32 && low < 127 && high > 32 && high < 127) {
    return `: "${String.fromCharCode(low)}-${String.fromCharCode(high)}"`;
  }
  return low > 127 || high > 127 ? ': nginx reads bytes, a letter outside of ASCII is two or more of them' : '';
}
