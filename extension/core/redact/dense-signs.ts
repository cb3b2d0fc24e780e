import { CODE } from "./fold.ts";
import { HEX } from "./views/radix.ts";

/** So many signs in a row that begin escapes. */
const SIGNS = 8;

/**
 * Text made of escapes or of single characters between line breaks, backspaces or letters of another alphabet,
 * whatever it says: its letters may be those of no value because they are encoded once more.
 */
export class DenseSigns {
  readonly #all = new Ring();
  readonly #numeric = new Ring();
  readonly #breaks = new Breaks();
  #last = -1;

  /** Takes the next special byte and tells whether those up to the one before it are dense. */
  take(bytes: Uint8Array, at: number): boolean {
    const last = this.#last;
    this.#last = at;
    if (last < 0 || !counts(bytes, last)) return false;
    if (at - last > OFFSET && isOffset(bytes, last)) return true;
    if (isBreak(bytes, last) && this.#breaks.add(last)) return true;
    const all = this.#all.add(last);
    const numeric = isNumeric(bytes, last) ? this.#numeric.add(last) : 0;
    // A line of the same sign has more than one for each byte.
    return (all >= SIGNS && all <= SIGNS * 10) || (numeric >= SIGNS && numeric <= SIGNS * 16);
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    this.#last -= bytes;
    this.#all.shift(bytes);
    this.#numeric.shift(bytes);
    this.#breaks.shift(bytes);
  }
}

/** The length of \n00000010: and a little less. */
const OFFSET = 11;

/** An escaped line break, and the offset of a line of a dump. */
function isOffset(bytes: Uint8Array, at: number): boolean {
  if (!isBreak(bytes, at)) return false;
  let end = at + 2;
  while (end < at + OFFSET && HEX.digit[bytes[end]!]! >= 0) end++;
  return end - at >= OFFSET - 2 && (bytes[end] === 0x20 || bytes[end] === 0x3a);
}

function isBreak(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x5c && bytes[at + 1] === 0x6e;
}

const EVEN = 3;
const LONGEST_LINE = 160;

/** Escaped line breaks, always as far apart: the pieces of a text. */
class Breaks {
  #last = -LONGEST_LINE;
  #distance = 0;
  #even = 0;

  add(at: number): boolean {
    const distance = at - this.#last;
    this.#even = distance === this.#distance && distance <= LONGEST_LINE ? this.#even + 1 : 0;
    this.#distance = distance;
    this.#last = at;
    return this.#even >= EVEN - 1;
  }

  shift(bytes: number): void {
    this.#last -= bytes;
  }
}

/** Where the last signs stand. */
class Ring {
  readonly #places = new Int32Array(SIGNS).fill(-(1 << 30));
  #count = 0;

  /** Returns how far before this one the oldest stands, less one byte for each in between. */
  add(at: number): number {
    const slot = this.#count++ % SIGNS;
    const span = at - this.#places[slot]! - SIGNS;
    this.#places[slot] = at;
    return span;
  }

  shift(bytes: number): void {
    for (let n = 0; n < SIGNS; n++) this.#places[n]! -= this.#places[n]! > -(1 << 29) ? bytes : 0;
  }
}

/**
 * Tags and assignments stand close in all markup, quotes with a backslash too, and the lines of a drawn table. A colour
 * behind a backslash counts.
 */
function counts(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!;
  if (byte === 0xe2 && bytes[at + 1]! >= 0x94 && bytes[at + 1]! <= 0x96) return false;
  if (byte === 0x3c || byte === 0x3d) return false;
  return byte !== 0x5c || bytes[at + 1] === 0x1b || CODE[bytes[at + 1]!] !== 0;
}

/** %20 &#32; \u0020 \x20 \040, but not \n. */
function isNumeric(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at + 1]!;
  switch (bytes[at]) {
    case 0x25:
      return CODE[next] !== 0;
    case 0x26:
      return next === 0x23;
    case 0x5c:
      return CODE[next]! > 26 || (next | 0x20) === 0x75 || next === 0x78;
    default:
      return false;
  }
}
