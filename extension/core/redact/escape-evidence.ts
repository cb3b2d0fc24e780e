import { CODE, SYMBOL_OF_CODE } from "./fold.ts";
import { canonical, GRAM, GRAM_MASK, type GramIndex, headOf, MAX_CHAIN } from "./gram-index.ts";

const REACH = 40;

/**
 * Whether the letters and digits right before `at` are ones of a value. Those before most escapes are not: a percent
 * sign or a \n in a log. A value that is escaped so densely that it has no such letters shows by that.
 */
export function evidenceBefore(index: GramIndex, bytes: Uint8Array, at: number): boolean {
  const codes: number[] = [];
  for (let i = at - 1; i >= 0 && at - i <= REACH && codes.length < GRAM; i--) add(codes, bytes[i]!);
  return codes.length === GRAM && isKnown(index, codes.reverse());
}

/** The same for those right after `at`; stops at white space. undefined = the bytes end too early to tell. */
export function evidenceAfter(index: GramIndex, bytes: Uint8Array, at: number, end: number): boolean | undefined {
  const codes: number[] = [];
  let i = at;
  while (i < end && i - at < REACH && codes.length < GRAM && bytes[i]! > 0x20) add(codes, bytes[i++]!);
  if (codes.length === GRAM) return isKnown(index, codes);
  return i === end && i - at < REACH ? undefined : false;
}

function add(codes: number[], byte: number): void {
  const code = CODE[byte]!;
  if (code !== 0) codes.push(code);
}

/** The index takes rot13 and mirror images for the same; here only the letters themselves count. */
function isKnown(index: GramIndex, codes: readonly number[]): boolean {
  let window = 0;
  let mirror = 0;
  for (const code of codes) {
    const symbol = SYMBOL_OF_CODE[code]!;
    window = ((window << 5) | symbol) & GRAM_MASK;
    mirror = (mirror >>> 5) | (symbol << 25);
  }
  let tried = 0;
  for (
    let at = headOf(index, canonical(window, mirror));
    at !== 0 && tried < MAX_CHAIN;
    at = index.next[at]!, tried++
  ) {
    if (codes.every((code, k) => index.arena[at + k] === code)) return true;
  }
  return false;
}
