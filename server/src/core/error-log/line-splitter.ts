/** Cuts a text that comes in pieces into lines. */
import type { Line } from './entries';

/** nginx writes 2 KB at most, patched builds 4 KB; what is longer is no entry, and is cut. */
const LONGEST_LINE = 64 * 1024;

/** With the line ends that core counts: LF, CRLF and a lone CR. */
export class LineSplitter {
  count = 0;
  /** The line that has no end yet, up to its limit, and how long it is in truth. */
  private rest = '';
  private length = 0;
  private start = 0;
  /** The last piece ended with CR: a LF at the start of the next belongs to it. */
  private pendingCr = false;

  *add(piece: string): Generator<Line> {
    if (piece === '') return;
    let at = 0;
    if (this.pendingCr) {
      this.pendingCr = false;
      const isCrLf = piece.startsWith('\n');
      yield this.close(isCrLf ? '\r\n' : '\r');
      if (isCrLf) at = 1;
    }
    let cr = piece.indexOf('\r', at);
    while (at < piece.length) {
      const lf = piece.indexOf('\n', at);
      if (cr >= 0 && cr < at) cr = piece.indexOf('\r', at);
      const stop = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
      this.keep(piece, at, stop < 0 ? piece.length : stop);
      if (stop < 0) return;
      if (stop === cr && stop === piece.length - 1) {
        this.pendingCr = true;
        return;
      }
      const end = stop === cr ? (lf === cr + 1 ? '\r\n' : '\r') : '\n';
      yield this.close(end);
      at = stop + end.length;
    }
  }

  *end(piece: string): Generator<Line> {
    yield* this.add(piece);
    if (this.pendingCr) yield this.close('\r');
    else if (this.length > 0) yield this.close('');
  }

  private keep(piece: string, from: number, to: number): void {
    const room = LONGEST_LINE - this.rest.length;
    if (room > 0) this.rest += piece.slice(from, Math.min(to, from + room));
    this.length += to - from;
  }

  private close(end: string): Line {
    const line = { text: this.rest, end, line: this.count++, start: this.start };
    this.start += this.length + end.length;
    this.rest = '';
    this.length = 0;
    return line;
  }
}
