import { HASH, SECOND } from "./evidence.ts";
import { FIRST_DIGIT } from "./fold.ts";
import { GRAM, GRAM_MASK } from "./gram-index.ts";

/** Windows are looked up at every third symbol; a run of eight holds one whole. */
export const GRAM_STEP = 3;

/**
 * Writes to `found` where the windows stand whose bits are set, from `from` on as far as there are whole ones; returns
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
    const product = Math.imul(key, HASH);
    const at = product >>> shift;
    const word = bits[at >>> 5]!;
    // Written in any case: a branch would be mispredicted often where there are many values.
    found[length] = i;
    length += (word >>> (at & 31)) & (word >>> ((product >>> SECOND) & 31)) & 1;
  }
  return length;
}

/** In symbols: how far apart digits are looked for. A date and a time have two such windows, never three. */
export const DIGIT_STEP = 9;
export const DIGIT_WINDOWS = 3;

/**
 * Writes to `found` the windows, `DIGIT_STEP` apart from `from` on, with which `DIGIT_WINDOWS` of them or more in a row
 * are digits by half: numbers, the hex of a text, or counted letters. Every second one is enough for most, the others are
 * written as ~i. `windows` in a row came before. Returns how many
 * there are now, and in `found[0]` how many were written after it.
 */
export function passDigits(
  symbols: Uint8Array,
  from: number,
  count: number,
  windows: number,
  found: Int32Array,
): number {
  let inARow = windows;
  let length = 0;
  for (let i = from; i + GRAM <= count; i += DIGIT_STEP) {
    const left = (symbols[i]! & FIRST_DIGIT) + (symbols[i + 1]! & FIRST_DIGIT) + (symbols[i + 2]! & FIRST_DIGIT);
    const right = (symbols[i + 3]! & FIRST_DIGIT) + (symbols[i + 4]! & FIRST_DIGIT) + (symbols[i + 5]! & FIRST_DIGIT);
    // 1 from three digits on, without a branch to mispredict.
    inARow = (inARow + 1) * ((left + right + 128 - 3 * FIRST_DIGIT) >>> 7);
    if (inARow >= DIGIT_WINDOWS) found[++length] = (inARow & 1) === 1 ? i : ~i;
  }
  found[0] = length;
  return inARow;
}
