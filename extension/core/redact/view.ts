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
    const first = inner.lo[i]!;
    const last = inner.hi[i]! - 1;
    // The outer view may run backwards.
    from[i] = Math.min(sourceStart(outer, first), sourceStart(outer, last));
    to[i] = Math.max(sourceEnd(outer, first), sourceEnd(outer, last));
  }
  return { bytes: inner.bytes, from, to };
}

/**
 * What stands within `reach` bytes of a change, each stretch on lines of its own: the rest was searched already. All of
 * `decoded` if that is most of it.
 */
export function nearChanges(decoded: Decoded, reach: number): Decoded {
  const { bytes, lo, hi } = decoded;
  const kept: [start: number, end: number][] = [];
  let total = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (hi[i]! - lo[i]! === 1 && (i === 0 ? lo[0] === 0 : lo[i] === hi[i - 1])) continue;
    const start = Math.max(0, i - reach);
    const end = Math.min(bytes.length, i + reach);
    const last = kept.at(-1);
    if (last !== undefined && start <= last[1]) {
      total += end - last[1];
      last[1] = end;
    } else {
      kept.push([start, end]);
      total += end - start;
    }
  }
  if (total > bytes.length * 0.75) return decoded;
  const out = new DecodedBuilder(total + kept.length);
  for (const [start, end] of kept) {
    if (out.length > 0) out.add(0x0a, lo[start]!, hi[start]!);
    for (let i = start; i < end; i++) out.add(bytes[i]!, lo[i]!, hi[i]!);
  }
  return out.done();
}

const NO_BYTES = new Uint8Array(0);
const NO_PLACES = new Int32Array(0);

/** Collects decoded bytes whose number isn't known beforehand; most decoders find none, which costs nothing. */
export class DecodedBuilder {
  readonly #capacity: number;
  #bytes = NO_BYTES;
  #lo = NO_PLACES;
  #hi = NO_PLACES;
  length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
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
    const capacity = Math.max(64, this.length === 0 ? this.#capacity : this.length * 2);
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
