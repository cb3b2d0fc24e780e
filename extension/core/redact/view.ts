/**
 * Bytes to search, and for each of them where it stands in the segment: the segment itself, or what a decoder made
 * of a part of it. Regions found in a view lead back to the bytes that a reader would decode.
 */
export interface View {
  readonly bytes: Uint8Array;
  /** undefined = byte i is at `offset` + i. */
  readonly from?: Int32Array;
  readonly to?: Int32Array;
  readonly offset?: number;
}

/** What a decoder returns: `lo[i]` to `hi[i]` of its input made byte i. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

export function sourceStart(view: View, index: number): number {
  return view.from === undefined ? (view.offset ?? 0) + index : view.from[index]!;
}

/** End, exclusive, of the source of byte `index`. */
export function sourceEnd(view: View, index: number): number {
  return view.to === undefined ? (view.offset ?? 0) + index + 1 : view.to[index]!;
}

export function within(outer: View, inner: Decoded): View {
  const length = inner.bytes.length;
  const from = new Int32Array(length);
  const to = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    from[i] = sourceStart(outer, inner.lo[i]!);
    to[i] = sourceEnd(outer, inner.hi[i]! - 1);
  }
  return { bytes: inner.bytes, from, to };
}

/** Collects decoded bytes whose number isn't known beforehand. */
export class DecodedBuilder {
  #bytes: Uint8Array;
  #lo: Int32Array;
  #hi: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#lo = new Int32Array(capacity);
    this.#hi = new Int32Array(capacity);
  }

  add(byte: number, lo: number, hi: number): void {
    if (this.length === this.#bytes.length) this.#grow();
    this.#bytes[this.length] = byte;
    this.#lo[this.length] = lo;
    this.#hi[this.length] = hi;
    this.length++;
  }

  /** Takes the last byte back. */
  drop(): void {
    if (this.length > 0) this.length--;
  }

  /** The UTF-8 of one code point. */
  addPoint(point: number, lo: number, hi: number): void {
    if (point < 0x80) {
      this.add(point, lo, hi);
      return;
    }
    if (point >= 0x800) {
      if (point >= 0x10000) {
        this.add(0xf0 | ((point >> 18) & 7), lo, hi);
        this.add(0x80 | ((point >> 12) & 63), lo, hi);
      } else this.add(0xe0 | (point >> 12), lo, hi);
      this.add(0x80 | ((point >> 6) & 63), lo, hi);
    } else this.add(0xc0 | (point >> 6), lo, hi);
    this.add(0x80 | (point & 63), lo, hi);
  }

  done(): Decoded {
    return {
      bytes: this.#bytes.subarray(0, this.length),
      lo: this.#lo.subarray(0, this.length),
      hi: this.#hi.subarray(0, this.length),
    };
  }

  #grow(): void {
    const capacity = Math.max(64, this.length * 2);
    const bytes = new Uint8Array(capacity);
    const lo = new Int32Array(capacity);
    const hi = new Int32Array(capacity);
    bytes.set(this.#bytes);
    lo.set(this.#lo);
    hi.set(this.#hi);
    this.#bytes = bytes;
    this.#lo = lo;
    this.#hi = hi;
  }
}
