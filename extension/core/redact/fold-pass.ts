import { SYMBOL } from "./fold.ts";
import { TRIGGER_BYTES } from "./triggers.ts";

/**
 * What the hot loop knows of each byte: bits 0-4 its symbol; bit 6 set = look at it more closely; bit 8 = it has a
 * symbol.
 */
export const CLASSES: Int32Array = classes(TRIGGER_BYTES);
/** The same where a value has accented letters, so that two-byte sequences and Latin-1 matter too. */
export const CLASSES_WITH_ACCENTS: Int32Array = classes([
  ...TRIGGER_BYTES,
  ...Array.from({ length: 0x40 }, (_, i) => 0xc0 + i),
]);

function classes(special: readonly number[]): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const symbol = SYMBOL[byte]!;
    table[byte] = symbol | (symbol === 0 ? 0 : 1 << 8);
  }
  for (const byte of special) table[byte]! |= 1 << 6;
  return table;
}

/** The output of one pass; `count` goes on from what it was. */
export interface Folded {
  readonly symbols: Uint8Array;
  count: number;
  readonly special: Int32Array;
  specials: number;
  /** Pairs of a place in the bytes and the index of the first symbol from there on. */
  readonly marks: Int32Array;
  marked: number;
  /** The mark from which `placeOf` goes on: the places that are asked for mostly ascend. */
  cursor: number;
}

/** Bytes between two marks. */
export const STEP = 32;

/** Folds a stretch without escape sequences, with a mark at its start and every few bytes. */
export function fold(table: Int32Array, bytes: Uint8Array, from: number, to: number, out: Folded): void {
  for (let at = from; at < to; at += STEP) {
    out.marks[out.marked++] = at;
    out.marks[out.marked++] = out.count;
    foldStep(table, bytes, at, Math.min(to, at + STEP), out);
  }
}

/** Where the symbol at `index` of the output came from. */
export function placeOf(bytes: Uint8Array, folded: Folded, index: number): number {
  const { marks, marked } = folded;
  let mark = marks[folded.cursor + 1]! <= index ? folded.cursor : 0;
  while (mark + 2 < marked && marks[mark + 3]! <= index) mark += 2;
  folded.cursor = mark;
  let left = index - marks[mark + 1]!;
  let at = marks[mark]!;
  while (left > 0 || SYMBOL[bytes[at]!] === 0) {
    if (SYMBOL[bytes[at]!] !== 0) left--;
    at++;
  }
  return at;
}

/** No branch for the symbols, since real text would mispredict many; the special bytes are rare enough for one. */
function foldStep(table: Int32Array, bytes: Uint8Array, from: number, to: number, out: Folded): void {
  const { symbols, special } = out;
  let { count, specials } = out;
  for (let i = from; i < to; i++) {
    const kind = table[bytes[i]!]!;
    symbols[count] = kind;
    count += (kind >>> 8) & 1;
    if ((kind & 64) !== 0) special[specials++] = i;
  }
  out.count = count;
  out.specials = specials;
}
