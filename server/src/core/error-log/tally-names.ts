/** Short byte strings that come again and again, each with a number: a look-up is one hash and one comparison. */

/** Number and length, before the letters. */
const HEAD = 2;

export class Names {
  /** Pairs: hash, and where in `keys` the name is; 0 is free. */
  private readonly slots: Int32Array;
  private readonly mask: number;
  /** Of each name: its number, its length, and its letters, four in each. */
  private keys = new Int32Array(1024);
  private end = 1;
  /** By number. */
  private readonly places: Int32Array;
  /** Names are numbered from 1. */
  count = 0;

  /** `most`: a power of two. `seed`: so that nobody who writes into a log knows which names share a slot. */
  constructor(
    private readonly most: number,
    private readonly seed: number,
  ) {
    this.slots = new Int32Array(most * 4);
    this.mask = most * 2 - 1;
    this.places = new Int32Array(most + 1);
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
    for (let place = slots[slot * 2 + 1]!; place !== 0; place = slots[slot * 2 + 1]!) {
      if (slots[slot * 2] === hash && this.isSame(place, view, start, length, rest)) return this.keys[place]!;
      slot = (slot + 1) & mask;
    }
    return isNew && this.count < this.most ? this.keep(view, start, length, hash, slot) : 0;
  }

  private isSame(place: number, view: DataView, start: number, length: number, rest: number): boolean {
    const { keys } = this;
    if (keys[place + 1] !== length) return false;
    const whole = start + (length & ~3);
    let key = place + HEAD;
    for (let at = start; at < whole; at += 4) if (view.getInt32(at, true) !== keys[key++]) return false;
    return keys[key] === rest;
  }

  private keep(view: DataView, start: number, length: number, hash: number, slot: number): number {
    const size = HEAD + (length >> 2) + 1;
    if (this.end + size > this.keys.length) {
      const larger = new Int32Array(Math.max(this.keys.length * 2, this.end + size));
      larger.set(this.keys);
      this.keys = larger;
    }
    const id = ++this.count;
    this.slots[slot * 2] = hash;
    this.slots[slot * 2 + 1] = this.end;
    this.places[id] = this.end;
    this.keys[this.end++] = id;
    this.keys[this.end++] = length;
    const whole = start + (length & ~3);
    for (let at = start; at < whole; at += 4) this.keys[this.end++] = view.getInt32(at, true);
    this.keys[this.end++] = restOf(view, whole, length & 3);
    return id;
  }

  clear(): void {
    this.slots.fill(0);
    this.count = 0;
    this.end = 1;
  }

  /** One character a byte. */
  text(id: number): string {
    const { keys } = this;
    const place = this.places[id]!;
    const bytes = Uint8Array.from(
      { length: keys[place + 1]! },
      (_, i) => keys[place + HEAD + (i >> 2)]! >> ((i & 3) * 8),
    );
    return String.fromCharCode(...bytes);
  }
}

/** The last bytes, fewer than four. */
function restOf(view: DataView, at: number, count: number): number {
  return view.getInt32(at, true) & ((1 << (count * 8)) - 1);
}
