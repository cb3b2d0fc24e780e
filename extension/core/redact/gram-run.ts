import { SYMBOL_OF_CODE } from "./fold.ts";
import { MIN_PIECE, MIN_RUN, MIN_SYMBOLS } from "./forms.ts";
import { canonical, formAt, GRAM, GRAM_MASK, type GramIndex, headOf, MAX_CHAIN } from "./gram-index.ts";

/**
 * Whether the window at `at` lies in a run of eight symbols that a form has too, forwards or backwards; undefined if
 * symbols not yet seen may make it one, which `final` rules out.
 */
export function isRun(
  index: GramIndex,
  symbols: Uint8Array,
  count: number,
  at: number,
  final: boolean,
): boolean | undefined {
  const head = headOf(index, keyAt(symbols, at));
  let result: boolean | undefined = false;
  let tried = 0;
  for (let position = head; position !== 0; position = index.next[position]!) {
    if (++tried > MAX_CHAIN) return true;
    for (const step of STEPS) {
      const anchor = step === 1 ? position : position + GRAM - 1;
      const reached = reaches(index, symbols, count, at, anchor, step, final);
      if (reached === true) return true;
      if (reached === undefined) result = undefined;
    }
  }
  return result;
}

/** Whether there is such a run in the symbols from `from` on. */
export function hasRun(index: GramIndex, symbols: Uint8Array, from: number, count: number): boolean {
  let window = 0;
  let mirror = 0;
  for (let i = from; i < count; i++) {
    window = ((window << 5) | symbols[i]!) & GRAM_MASK;
    mirror = (mirror >>> 5) | (symbols[i]! << 25);
    const at = i - GRAM + 1;
    if (at < from || headOf(index, canonical(window, mirror)) === 0) continue;
    if (isRun(index, symbols, count, at, true) === true) return true;
  }
  return false;
}

function keyAt(symbols: Uint8Array, at: number): number {
  let window = 0;
  let mirror = 0;
  for (let i = at; i < at + GRAM; i++) {
    window = (window << 5) | symbols[i]!;
    mirror = (mirror >>> 5) | (symbols[i]! << 25);
  }
  return canonical(window, mirror);
}

const STEPS = [1, -1] as const;

function reaches(
  index: GramIndex,
  symbols: Uint8Array,
  count: number,
  at: number,
  anchor: number,
  step: 1 | -1,
  final: boolean,
): boolean | undefined {
  const { arena } = index;
  for (let k = 0; k < GRAM; k++) if (symbols[at + k] !== SYMBOL_OF_CODE[arena[anchor + step * k]!]) return false;
  let end = at + GRAM;
  let after = anchor + step * GRAM;
  for (; end < count && end - at < MIN_RUN && matches(arena, after, symbols[end]!); after += step) end++;
  let start = at;
  let before = anchor - step;
  for (; start > 0 && end - start < MIN_RUN && matches(arena, before, symbols[start - 1]!); before -= step) start--;
  if (end - start >= MIN_RUN) return true;
  if (end === count && arena[after] !== 0 && !final) return undefined;
  if (end - start < MIN_SYMBOLS) return false;
  const isPlain = index.forms[formAt(index, anchor)]!.kind === "plain";
  if (end - start < MIN_PIECE) return isPlain && (arena[before] === 0 || arena[after] === 0);
  return isPlain || (arena[before] === 0 && arena[after] === 0);
}

function matches(arena: Uint8Array, at: number, symbol: number): boolean {
  return arena[at] !== 0 && SYMBOL_OF_CODE[arena[at]!] === symbol;
}
