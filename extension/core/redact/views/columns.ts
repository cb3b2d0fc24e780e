import { CODE } from "../fold.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

/** A last word of so many letters and digits may be a piece of a value that is printed downwards; a longer one shows. */
const MAX_WORD = 11;
const MAX_SIGNS = 8;
const MIN_LINES = 2;

/** The last short word of each line, read downwards: "0: s", "1: e", "2: c" … */
export function readColumns(bytes: Uint8Array): Decoded | undefined {
  const out = new DecodedBuilder(64);
  let lines = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const word = lastWord(bytes, start, end);
    if (word !== undefined && word.end > word.start) {
      lines++;
      for (let i = word.start; i < word.end; i++) out.add(bytes[i]!, i, i + 1);
    }
    start = end + 1;
  }
  return lines >= MIN_LINES ? out.done() : undefined;
}

/**
 * Where the letters and digits at the end of the line's last word stand, if they are few: `start` = `end` if the word
 * has none, as a sign of the value between its letters; undefined if there are more.
 */
export function lastWord(bytes: Uint8Array, start: number, end: number): { start: number; end: number } | undefined {
  let to = end;
  while (to > start && bytes[to - 1]! <= 0x20) to--;
  const last = to;
  while (to > start && CODE[bytes[to - 1]!] === 0 && bytes[to - 1]! > 0x20) {
    if (last - to >= MAX_SIGNS) return undefined;
    to--;
  }
  let from = to;
  while (from > start && to - from <= MAX_WORD && CODE[bytes[from - 1]!] !== 0) from--;
  return to - from <= MAX_WORD ? { start: from, end: to } : undefined;
}
