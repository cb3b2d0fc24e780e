import { MAY_BE_TEXT } from "./printable.ts";
import { BASE64 } from "./views/radix.ts";

const PEEK = 48;
/** So many literals and matches in a row are no chance … */
const MIN_TOKENS = 8;
/** … and fewer only if the block ends behind them. */
const MIN_WHOLE = 4;

/**
 * Whether the base64 between `start` and `end` may begin a raw deflate stream of text, in one block. Raw deflate has no header, but
 * random bits are hardly ever so many printable literals and matches of what came before, nor a complete code.
 */
export function looksDeflated(bytes: Uint8Array, start: number, end: number): boolean {
  const bits = new Bits(bytes, start, Math.min(end, start + PEEK));
  if (bits.low(1) === 0) return false;
  const type = bits.low(2);
  if (type === 1) return isText(bits);
  return type === 2 && isCompleteCode(bits);
}

/** In the code of RFC 1951 §3.2.6. */
function isText(bits: Bits): boolean {
  let length = 0;
  for (let count = 0; count < MIN_TOKENS; count++) {
    const symbol = nextSymbol(bits);
    if (symbol === END) return count >= MIN_WHOLE && !bits.ended;
    if (symbol < END) {
      if (MAY_BE_TEXT[symbol] !== 1) return false;
      length++;
    } else {
      const copied = matchLength(bits, symbol - END);
      if (matchDistance(bits) > length) return false;
      length += copied;
    }
    if (bits.ended) return false;
  }
  return true;
}

/** Of the block. Smaller symbols are literals, larger ones matches. */
const END = 256;

/** Seven bits for 256 to 279, eight for 0 to 143 and 280 to 287, nine for the rest. */
function nextSymbol(bits: Bits): number {
  const seven = bits.high(7);
  if (seven < 0x18) return END + seven;
  const eight = seven * 2 + bits.high(1);
  if (eight < 0xc0) return eight - 0x30;
  if (eight < 0xc8) return eight - 0xc0 + 280;
  return eight * 2 + bits.high(1) - 0x190 + 144;
}

/** Lengths of §3.2.5: up to ten one each, then four for each extra bit. */
function matchLength(bits: Bits, code: number): number {
  if (code <= 8) return code + 2;
  if (code > 28) return 258;
  const extra = (code - 5) >> 2;
  return 3 + ((4 + ((code - 1) & 3)) << extra) + bits.low(extra);
}

/** The same for distances, with two for each extra bit. */
function matchDistance(bits: Bits): number {
  const code = bits.high(5);
  if (code < 4) return code + 1;
  const extra = (code - 2) >> 1;
  return 1 + ((2 + (code & 1)) << extra) + bits.low(extra);
}

/** The lengths of the code length code of §3.2.7 use up all codes. */
function isCompleteCode(bits: Bits): boolean {
  if (bits.low(5) > 29 || bits.low(5) > 29) return false;
  const lengths = bits.low(4) + 4;
  let used = 0;
  for (let i = 0; i < lengths; i++) {
    const length = bits.low(3);
    if (length > 0) used += 128 >> length;
  }
  return used === 128 && !bits.ended;
}

/** Bits of base64 in deflate's order: each byte from its lowest bit on. */
class Bits {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get ended(): boolean {
    return this.#at > (this.#end - this.#start) * 6;
  }

  low(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value |= this.#next() << i;
    return value;
  }

  high(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.#next();
    return value;
  }

  #next(): number {
    const bit = (this.#at >> 3) * 8 + 7 - (this.#at & 7);
    this.#at++;
    const place = this.#start + ((bit / 6) | 0);
    const value = place < this.#end ? BASE64.digit[this.#bytes[place]!]! : 0;
    return value < 0 ? 0 : (value >> (5 - (bit % 6))) & 1;
  }
}
