/** Short byte strings that come again and again, each with a number: a look-up is one hash and one comparison. */

export class Names {
  /** Pairs: hash, number of the name; 0 is free. */
  private readonly slots: Int32Array;
  private readonly mask: number;
  private readonly starts: Int32Array;
  private readonly lengths: Int32Array;
  private keys = new Int32Array(1024);
  private end = 0;
  /** Names are numbered from 1. */
  count = 0;

  /** `most`: a power of two. `seed`: so that nobody who writes into a log knows which names share a slot. */
  constructor(
    private readonly most: number,
    private readonly seed: number,
  ) {
    this.slots = new Int32Array(most * 4);
    this.mask = most * 2 - 1;
    this.starts = new Int32Array(most + 1);
    this.lengths = new Int32Array(most + 1);
  }

  /** The number of a name; 0 when it is not known. Three bytes behind it must be there to be looked at. */
  find(view: DataView, start: number, length: number): number {
    return this.look(view, start, length, false);
  }

  /** As `find`; a new name gets the next number while there is room. */
  add(view: DataView, start: number, length: number): number {
    return this.look(view, start, length, true);
  }

  private look(view: DataView, start: number, length: number, isNew: boolean): number {
    const { slots, mask } = this;
    const whole = start + (length & ~3);
    let hash = this.seed ^ length;
    for (let at = start; at < whole; at += 4) {
      hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ view.getInt32(at, true), 0x9e3779b1);
    }
    const rest = restOf(view, whole, length & 3);
    hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ rest, 0x9e3779b1);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (let id = slots[slot * 2 + 1]!; id !== 0; id = slots[slot * 2 + 1]!) {
      if (slots[slot * 2] === hash && this.lengths[id] === length && this.isSame(id, view, start, whole, rest))
        return id;
      slot = (slot + 1) & mask;
    }
    return isNew && this.count < this.most ? this.keep(view, start, length, hash, slot) : 0;
  }

  private isSame(id: number, view: DataView, start: number, whole: number, rest: number): boolean {
    const { keys } = this;
    let key = this.starts[id]!;
    for (let at = start; at < whole; at += 4) if (view.getInt32(at, true) !== keys[key++]) return false;
    return keys[key] === rest;
  }

  private keep(view: DataView, start: number, length: number, hash: number, slot: number): number {
    const size = (length >> 2) + 1;
    if (this.end + size > this.keys.length) {
      const larger = new Int32Array(Math.max(this.keys.length * 2, this.end + size));
      larger.set(this.keys);
      this.keys = larger;
    }
    const id = ++this.count;
    this.starts[id] = this.end;
    this.lengths[id] = length;
    const whole = start + (length & ~3);
    for (let at = start; at < whole; at += 4) this.keys[this.end++] = view.getInt32(at, true);
    this.keys[this.end++] = restOf(view, whole, length & 3);
    this.slots[slot * 2] = hash;
    this.slots[slot * 2 + 1] = id;
    return id;
  }

  clear(): void {
    this.slots.fill(0);
    this.count = 0;
    this.end = 0;
  }

  /** One character a byte. */
  text(id: number): string {
    let text = '';
    for (let i = 0; i < this.lengths[id]!; i++) {
      text += String.fromCharCode((this.keys[this.starts[id]! + (i >> 2)]! >> ((i & 3) * 8)) & 255);
    }
    return text;
  }
}

/** The last bytes, fewer than four. */
function restOf(view: DataView, at: number, count: number): number {
  return view.getInt32(at, true) & ((1 << (count * 8)) - 1);
}
