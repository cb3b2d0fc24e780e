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
  const { bytes, lo, hi } = inner;
  const from = new Int32Array(bytes.length);
  const to = new Int32Array(bytes.length);
  if (outer.from === undefined || outer.to === undefined) {
    const offset = outer.offset ?? 0;
    for (let i = 0; i < bytes.length; i++) {
      from[i] = offset + lo[i]!;
      to[i] = offset + hi[i]!;
    }
    return { bytes, from, to };
  }
  for (let i = 0; i < bytes.length; i++) {
    const first = lo[i]!;
    const last = hi[i]! - 1;
    // The outer view may run backwards.
    from[i] = Math.min(outer.from[first]!, outer.from[last]!);
    to[i] = Math.max(outer.to[first]!, outer.to[last]!);
  }
  return { bytes, from, to };
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
    out.addDecoded(decoded, start, end);
  }
  return out.done();
}

/**
 * The bytes without what begins with `sign` and ends before what `endOf` tells of its place, if that lies behind it.
 * undefined = there is nothing to leave out.
 */
export function without(
  bytes: Uint8Array,
  sign: number,
  endOf: (bytes: Uint8Array, at: number) => number,
): Decoded | undefined {
  let out: DecodedBuilder | undefined;
  let copied = 0;
  for (let at = bytes.indexOf(sign); at !== -1; ) {
    const end = endOf(bytes, at);
    if (end > at) {
      out ??= new DecodedBuilder(bytes.length);
      out.addAll(bytes, copied, at);
      copied = end;
    }
    at = bytes.indexOf(sign, Math.max(at + 1, end));
  }
  out?.addAll(bytes, copied, bytes.length);
  return out?.done();
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

  /** The bytes from `start` to `end`, as they are. */
  addAll(bytes: Uint8Array, start: number, end: number): void {
    while (this.#bytes.length < this.length + end - start) this.#grow();
    const out = this.#bytes;
    const lo = this.#lo;
    const hi = this.#hi;
    let to = this.length;
    for (let i = start; i < end; i++, to++) {
      out[to] = bytes[i]!;
      lo[to] = i;
      hi[to] = i + 1;
    }
    this.length = to;
  }

  /** What was decoded before, from `start` to `end`. */
  addDecoded({ bytes, lo, hi }: Decoded, start: number, end: number): void {
    while (this.#bytes.length < this.length + end - start) this.#grow();
    this.#bytes.set(bytes.subarray(start, end), this.length);
    this.#lo.set(lo.subarray(start, end), this.length);
    this.#hi.set(hi.subarray(start, end), this.length);
    this.length += end - start;
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
    const capacity = Math.max(64, this.#bytes.length === 0 ? this.#capacity : this.#bytes.length * 2);
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
