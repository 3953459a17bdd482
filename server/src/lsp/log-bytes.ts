/** The bytes of a log, wherever it is, without holding more than a piece of it. */

export interface LogBytes {
  /** Null where only reading to the end tells: gzip. */
  readonly size: number | null;
  /** Another one when another file has come under the name. */
  readonly id: string;
  /** Puts bytes from `at` on into `into`: how many, 0 at the end. */
  read(at: number, into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Throws an error whose message says to a person why the log cannot be read. */
export type OpenLog = (file: string) => Promise<LogBytes>;

/** A text that is open in the editor. */
export function textBytes(text: string): LogBytes {
  const bytes = new TextEncoder().encode(text);
  return {
    size: bytes.length,
    id: 'text',
    async read(at, into) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      // A turn for what else is waiting: a request to cancel this.
      await new Promise<void>((turn) => setTimeout(turn, 0));
      return part.length;
    },
    close: async () => undefined,
  };
}

const LF = 10;
const CR = 13;
const PIECE = 64 * 1024;

/** Goes from `at` over `count` line ends, LF, CRLF or a lone CR; null when there are fewer. */
export async function skipLines(bytes: LogBytes, at: number, count: number): Promise<number | null> {
  const piece = new Uint8Array(PIECE);
  const next = new Uint8Array(1);
  for (let left = count; left > 0; ) {
    const read = await bytes.read(at, piece);
    if (read === 0) return null;
    const part = piece.subarray(0, read);
    const hasCr = part.includes(CR);
    let i = 0;
    while (left > 0 && i < read) {
      const lf = part.indexOf(LF, i);
      const cr = hasCr ? part.indexOf(CR, i) : -1;
      if (lf < 0 && cr < 0) {
        i = read;
      } else if (cr >= 0 && (lf < 0 || cr < lf)) {
        const isCrLf = cr < read - 1 ? lf === cr + 1 : (await bytes.read(at + read, next)) > 0 && next[0] === LF;
        i = cr + (isCrLf ? 2 : 1);
        left--;
      } else {
        i = lf + 1;
        left--;
      }
    }
    at += i;
  }
  return at;
}
