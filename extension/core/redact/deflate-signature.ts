import { IS_TEXT } from "./printable.ts";
import { BASE64 } from "./views/radix.ts";

const PEEK = 40;
const MIN_LITERALS = 8;

/**
 * Whether the base64 between `start` and `end` may begin a raw deflate stream of text, in one block. Raw deflate has no header, but
 * random bits are hardly ever eight printable literals, nor a complete code.
 */
export function looksDeflated(bytes: Uint8Array, start: number, end: number): boolean {
  const bits = new Bits(bytes, start, Math.min(end, start + PEEK));
  if (bits.low(1) === 0) return false;
  const type = bits.low(2);
  if (type === 1) return literals(bits);
  return type === 2 && isCompleteCode(bits);
}

/** The code of RFC 1951 §3.2.6. */
function literals(bits: Bits): boolean {
  for (let count = 0; count < MIN_LITERALS; count++) {
    let code = bits.high(7);
    if (code <= 0x17) return code !== 0 && count >= MIN_LITERALS - 4 && !bits.ended;
    code = code * 2 + bits.high(1);
    if (code >= 0xc0) return false;
    const byte = code - 0x30;
    if (IS_TEXT[byte] === 0 || bits.ended) return false;
  }
  return true;
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
