import { SYMBOL } from "./fold.ts";
import { TRIGGER_BYTES } from "./triggers.ts";
import { BASE64 } from "./views/radix.ts";

/**
 * What the hot loop knows of each byte: bits 0-4 its symbol; bit 6 set = look at it more closely; bit 8 = it has a
 * symbol; the sign = it may stand in base64, base32 or hex.
 */
export const CLASSES: Int32Array = classes(TRIGGER_BYTES);
/** The same where a value has accented letters, so that bytes of two-byte sequences matter too. */
export const CLASSES_WITH_ACCENTS: Int32Array = classes([...TRIGGER_BYTES, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xcc]);

function classes(special: readonly number[]): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const symbol = SYMBOL[byte]!;
    table[byte] = symbol | (symbol === 0 ? 0 : 1 << 8) | (BASE64.digit[byte]! < 0 ? 0 : 1 << 31);
  }
  for (const byte of special) table[byte]! |= 1 << 6;
  return table;
}

/** The output of one pass; `count` and `run` go on from what they were. */
export interface Folded {
  readonly symbols: Uint8Array;
  count: number;
  readonly special: Int32Array;
  specials: number;
  /** Length of the encoded-looking run that reaches to the end, and all lengths or-ed together. */
  run: number;
  runs: number;
  /** Pairs of a place in the bytes and the index of the first symbol from there on. */
  marks: number[];
}

/** Bytes between two marks. */
const STEP = 512;

/** Folds a stretch without escape sequences, with a mark at its start and every few hundred bytes. */
export function fold(table: Int32Array, bytes: Uint8Array, from: number, to: number, out: Folded): void {
  for (let at = from; at < to; at += STEP) {
    out.marks.push(at, out.count);
    foldStep(table, bytes, at, Math.min(to, at + STEP), out);
  }
}

/** Where the symbol at `index` of the output came from. */
export function placeOf(bytes: Uint8Array, { marks }: Folded, index: number): number {
  let mark = marks.length - 2;
  while (mark > 0 && marks[mark + 1]! > index) mark -= 2;
  let left = index - marks[mark + 1]!;
  let at = marks[mark]!;
  while (left > 0 || SYMBOL[bytes[at]!] === 0) {
    if (SYMBOL[bytes[at]!] !== 0) left--;
    at++;
  }
  return at;
}

/** Free of branches, since real text would mispredict half of them. */
function foldStep(table: Int32Array, bytes: Uint8Array, from: number, to: number, out: Folded): void {
  const { symbols, special } = out;
  let { count, specials, run, runs } = out;
  for (let i = from; i < to; i++) {
    const kind = table[bytes[i]!]!;
    symbols[count] = kind;
    count += (kind >>> 8) & 1;
    special[specials] = i;
    specials += (kind >>> 6) & 1;
    run = (run + 1) & (kind >> 31);
    runs |= run;
  }
  out.count = count;
  out.specials = specials;
  out.run = run;
  out.runs = runs;
}
