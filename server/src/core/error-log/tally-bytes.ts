/** Reading text from its bytes. */

const LF = 10;
const CR = 13;

/** Four letters as they are loaded at once. */
export function word(text: string): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = (value << 8) | text.charCodeAt(i);
  return value;
}

export function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Of each byte: is it one of these ASCII letters? */
export function table(set: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (byte < 128 && set.test(String.fromCharCode(byte)) ? 1 : 0));
}

export function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

export function isNumber(bytes: Uint8Array, at: number, digits: number): boolean {
  for (let i = 0; i < digits; i++) if ((bytes[at + i]! - 48) >>> 0 > 9) return false;
  return true;
}

/** Behind the LF, or CR and LF, at `at`; -1 when there is none. */
export function lineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF) return at + 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
}

/** Can the `[` at `at` belong to a colour code that was made visible (`^[[0m`, `\x1b[0m`, `#033[0m`)? See COLOUR_SIGN in unwrap.ts. */
export function isColour(bytes: Uint8Array, at: number): boolean {
  switch (bytes[at - 1]) {
    case 91: // [
      return bytes[at - 2] === 94;
    case 51: // 3
      return bytes[at - 2] === 51;
    case 98: // b
      return bytes[at - 2] === 49;
    case 101: // e
      return bytes[at - 2] === 92;
    default:
      return false;
  }
}

/** Can the `&` at `at` begin `&quot;` or `&#34;`? */
export function isEntity(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 113 || bytes[at + 1] === 35;
}
