import { CODE } from "./fold.ts";
import { HEX } from "./views/radix.ts";

/** Every so many bytes times the step, each step is tried. */
const STRIDE = 24;
const MAX_STEP = 4;
/** So many characters, with the same sign in the same place behind each. */
const MIN_ITEMS = 12;
const MIN_KINDS = 3;

/** "ef:bc:b3" has a sign at every third place, "0xef, 0xbc, 0xb3" an x at every sixth. */
const PAIR = 3;
const PREFIXED_PAIR = 6;
const X = "x".charCodeAt(0);

/**
 * Adds a place in each stretch of single characters with the same bytes between them: "s k _", UTF-16; and of bytes in hex
 * with signs between them, which may have too few digits to be taken for numbers. Which places are tried depends on
 * where they stand in the stream, `offset` bytes of which came before the buffer.
 */
export function framedPlaces(bytes: Uint8Array, offset: number, from: number, to: number, places: number[]): void {
  for (let step = 2; step <= MAX_STEP; step++) {
    const reach = step * MIN_ITEMS;
    const stride = STRIDE * step;
    for (let i = Math.ceil((from + offset) / stride) * stride - offset; i < to; i += stride) {
      if (i < reach) continue;
      for (let phase = 0; phase < step; phase++) {
        const at = i - phase;
        if (bytes[at] !== bytes[at - step]) continue;
        if (isFramed(bytes, at, step) || (step === PAIR && isPairs(bytes, at))) places.push(at);
      }
    }
  }
  const stride = STRIDE * PREFIXED_PAIR;
  for (let i = Math.ceil((from + offset) / stride) * stride - offset; i < to; i += stride) {
    for (let at = Math.max(0, i - PREFIXED_PAIR + 1); at <= i; at++) if (isPrefixedPairs(bytes, at)) places.push(at);
  }
}

function isPairs(bytes: Uint8Array, at: number): boolean {
  const sign = bytes[at]!;
  if (CODE[sign] !== 0) return false;
  for (let n = 0; n < MIN_ITEMS - 1; n++)
    if (bytes[at - n * PAIR] !== sign || !isPair(bytes, at - n * PAIR - 2)) return false;
  return true;
}

function isPrefixedPairs(bytes: Uint8Array, at: number): boolean {
  if (at < PREFIXED_PAIR * MIN_PREFIXED) return false;
  for (let n = 0; n < MIN_PREFIXED; n++) {
    const x = at - n * PREFIXED_PAIR;
    if (bytes[x] !== X || bytes[x - 1] !== 0x30 || (n > 0 && !isPair(bytes, x + 1))) return false;
  }
  return true;
}

/** Three of them are a character of full width. */
const MIN_PREFIXED = 9;

function isPair(bytes: Uint8Array, at: number): boolean {
  return HEX.digit[bytes[at]!]! >= 0 && HEX.digit[bytes[at + 1]!]! >= 0;
}

function isFramed(bytes: Uint8Array, at: number, step: number): boolean {
  const sign = bytes[at]!;
  if (CODE[sign] !== 0) return false;
  for (let n = 2; n < MIN_ITEMS - 1; n++) if (bytes[at - n * step] !== sign) return false;
  let varied = 0;
  for (let column = 1; column < step; column++) {
    const kinds = kindsOf(bytes, at - column, step);
    if (kinds > 1) varied += kinds >= MIN_KINDS ? 1 : step;
  }
  return varied === 1;
}

/** How many different bytes the items have there: 1, 2 or `MIN_KINDS`, which is as good as more. */
function kindsOf(bytes: Uint8Array, at: number, step: number): number {
  const first = bytes[at]!;
  let second = first;
  for (let n = 1; n < MIN_ITEMS - 1; n++) {
    const byte = bytes[at - n * step]!;
    if (byte === first || byte === second) continue;
    if (second !== first) return MIN_KINDS;
    second = byte;
  }
  return second === first ? 1 : 2;
}
