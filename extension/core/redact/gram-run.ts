import { SYMBOL_OF_CODE } from "./fold.ts";
import { GRAM, type GramIndex, MAX_CHAIN } from "./gram-index.ts";

/** A shorter run is never redacted. */
const MIN_RUN = 8;

/**
 * Whether the window at `at` lies in a run of eight symbols that a form has too, forwards or backwards; undefined if
 * symbols not yet seen may make it one.
 */
export function isRun(
  index: GramIndex,
  symbols: Uint8Array,
  count: number,
  at: number,
  head: number,
): boolean | undefined {
  let result: boolean | undefined = false;
  let tried = 0;
  for (let position = head; position !== 0; position = index.next[position]!) {
    if (++tried > MAX_CHAIN) return true;
    for (const step of STEPS) {
      const anchor = step === 1 ? position : position + GRAM - 1;
      const reached = reaches(index.arena, symbols, count, at, anchor, step);
      if (reached === true) return true;
      if (reached === undefined) result = undefined;
    }
  }
  return result;
}

const STEPS = [1, -1] as const;

function reaches(
  arena: Uint8Array,
  symbols: Uint8Array,
  count: number,
  at: number,
  anchor: number,
  step: 1 | -1,
): boolean | undefined {
  for (let k = 0; k < GRAM; k++) if (symbols[at + k] !== SYMBOL_OF_CODE[arena[anchor + step * k]!]) return false;
  let end = at + GRAM;
  let after = anchor + step * GRAM;
  for (; end < count && end - at < MIN_RUN && matches(arena, after, symbols[end]!); after += step) end++;
  let start = at;
  for (let i = anchor - step; start > 0 && matches(arena, i, symbols[start - 1]!); i -= step) start--;
  if (end - start >= MIN_RUN) return true;
  return end === count && arena[after] !== 0 ? undefined : false;
}

function matches(arena: Uint8Array, at: number, symbol: number): boolean {
  return arena[at] !== 0 && SYMBOL_OF_CODE[arena[at]!] === symbol;
}
