import { CODE, ROTATED, SYMBOL_OF_CODE } from "./fold.ts";
import { canonical, formAt, GRAM, GRAM_MASK, type GramIndex, headOf, MAX_CHAIN } from "./gram-index.ts";

const REACH = 40;
/** Codes of the letters and digits at hand; used within one call only. */
const codes = new Uint8Array(GRAM);

/**
 * Whether the letters and digits right before `at` are ones of a value. Those before most escapes are not: a percent
 * sign or a \n in a log. A value that is escaped so densely that it has no such letters shows by that.
 */
export function evidenceBefore(index: GramIndex, bytes: Uint8Array, at: number): boolean {
  let missing = GRAM;
  for (let i = at - 1; i >= 0 && at - i <= REACH && missing > 0; i--) {
    const code = CODE[bytes[i]!]!;
    if (code !== 0) codes[--missing] = code;
  }
  return missing === 0 && isKnown(index);
}

/** The same for those right after `at`; stops at white space. undefined = the bytes end too early to tell. */
export function evidenceAfter(index: GramIndex, bytes: Uint8Array, at: number, end: number): boolean | undefined {
  let count = 0;
  let i = at;
  while (i < end && i - at < REACH && count < GRAM && bytes[i]! > 0x20) {
    const code = CODE[bytes[i++]!]!;
    if (code !== 0) codes[count++] = code;
  }
  if (count === GRAM) return isKnown(index);
  return i >= end && i - at < REACH ? undefined : false;
}

function hasLetter(): boolean {
  for (let k = 0; k < GRAM; k++) if (codes[k]! <= LAST_LETTER) return true;
  return false;
}

const LAST_LETTER = 26;

/** The index takes either case for the same; here the letters must be the value's, backwards and after rot13 too. */
function isKnown(index: GramIndex): boolean {
  let window = 0;
  let mirror = 0;
  for (let k = 0; k < GRAM; k++) {
    const symbol = SYMBOL_OF_CODE[codes[k]!]!;
    window = ((window << 5) | symbol) & GRAM_MASK;
    mirror = (mirror >>> 5) | (symbol << 25);
  }
  let tried = 0;
  let at = headOf(index, canonical(window, mirror));
  for (; at !== 0 && tried < MAX_CHAIN; at = index.next[at]!, tried++) {
    // Six digits are in some value's hex by chance.
    if (!hasLetter() && index.forms[formAt(index, at)]!.kind !== "plain") continue;
    if (isSame(index.arena, at, 1) || isSame(index.arena, at + GRAM - 1, -1)) return true;
  }
  return false;
}

/** Whether the letters and digits at hand, or their rot13, are those of the arena. */
function isSame(arena: Uint8Array, from: number, step: 1 | -1): boolean {
  let same = 0;
  let rotated = 0;
  for (let k = 0; k < GRAM; k++) {
    const code = arena[from + step * k]!;
    same += +(code === codes[k]);
    rotated += +(code === ROTATED[codes[k]!]);
  }
  return same === GRAM || rotated === GRAM;
}
