import { FIRST_DIGIT } from "./fold.ts";
import { GRAM, GRAM_MASK } from "./gram-index.ts";

/** Windows are looked up at every third symbol; a run of eight holds one whole. */
export const GRAM_STEP = 3;

/**
 * Writes to `found` where the windows stand whose bit is set, from `from` on as far as there are whole ones; returns
 * how many. One load of a table per window is all the work that most text gets, so this loop does nothing else.
 */
export function passGrams(
  bits: Int32Array,
  shift: number,
  symbols: Uint8Array,
  from: number,
  count: number,
  found: Int32Array,
): number {
  let length = 0;
  let window = (symbols[from]! << 10) | (symbols[from + 1]! << 5) | symbols[from + 2]!;
  let mirror = ((symbols[from + 2]! << 10) | (symbols[from + 1]! << 5) | symbols[from]!) << 15;
  for (let i = from; i + GRAM <= count; i += GRAM_STEP) {
    const a = symbols[i + 3]!;
    const b = symbols[i + 4]!;
    const c = symbols[i + 5]!;
    window = ((window << 15) | (a << 10) | (b << 5) | c) & GRAM_MASK;
    mirror = (mirror >>> 15) | (((c << 10) | (b << 5) | a) << 15);
    const difference = window - mirror;
    const key = mirror + (difference & (difference >> 31));
    const at = Math.imul(key, 0x9e3779b1) >>> shift;
    if (((bits[at >>> 5]! >>> (at & 31)) & 1) !== 0) found[length++] = i;
  }
  return length;
}

/** In symbols: how far apart digits are looked for. A date and a time have two such windows, never three. */
export const DIGIT_STEP = 9;
export const DIGIT_WINDOWS = 3;

/** Whether half of the window are digits: numbers, the hex of a text, or counted letters. */
export function isDigitWindow(symbols: Uint8Array, at: number): boolean {
  const left = symbols[at + 1]! | symbols[at + 2]!;
  const right = symbols[at + 3]! | symbols[at + 4]!;
  if ((left & right & FIRST_DIGIT) === 0) return false;
  let digits = 0;
  for (let i = at; i < at + GRAM; i++) digits += symbols[i]! & FIRST_DIGIT;
  return digits >= 3 * FIRST_DIGIT;
}
