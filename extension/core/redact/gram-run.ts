import { SYMBOL_OF_CODE } from "./fold.ts";
import { GRAM, type GramIndex, MAX_CHAIN } from "./gram-index.ts";

/** A shorter run is never redacted. */
const MIN_RUN = 8;

/**
 * Whether the window at `at` lies in a run of eight symbols that a form has too, forwards or backwards. Symbols not
 * yet seen may go on with the run.
 */
export function isRun(index: GramIndex, symbols: Uint8Array, count: number, at: number, head: number): boolean {
  let tried = 0;
  for (let position = head; position !== 0; position = index.next[position]!) {
    if (++tried > MAX_CHAIN) return true;
    if (reaches(index.arena, symbols, count, at, position, 1)) return true;
    if (reaches(index.arena, symbols, count, at, position + GRAM - 1, -1)) return true;
  }
  return false;
}

function reaches(
  arena: Uint8Array,
  symbols: Uint8Array,
  count: number,
  at: number,
  anchor: number,
  step: 1 | -1,
): boolean {
  for (let k = 0; k < GRAM; k++) if (symbols[at + k] !== SYMBOL_OF_CODE[arena[anchor + step * k]!]) return false;
  let end = at + GRAM;
  for (let i = anchor + step * GRAM; end < count && end - at < MIN_RUN && matches(arena, i, symbols[end]!); i += step)
    end++;
  if (end === count || end - at >= MIN_RUN) return true;
  let start = at;
  for (let i = anchor - step; start > 0 && matches(arena, i, symbols[start - 1]!); i -= step) start--;
  return end - start >= MIN_RUN;
}

function matches(arena: Uint8Array, at: number, symbol: number): boolean {
  return arena[at] !== 0 && SYMBOL_OF_CODE[arena[at]!] === symbol;
}
