import { CODE } from "../fold.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

/** A last word of so many letters and digits may be a piece of a value that is printed downwards; a longer one shows. */
const MAX_WORD = 11;
const MAX_SIGNS = 8;
/** Of a word, signs and all. */
const LONGEST = 32;
const MIN_LINES = 2;

/** The last short word of each line, read downwards, without and with its signs: "0: s", "1: e", "2: c" … */
export function readColumns(bytes: Uint8Array): Decoded[] {
  const letters = new DecodedBuilder(64);
  const words = new DecodedBuilder(64);
  let lines = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const word = lastWord(bytes, start, end);
    if (word !== undefined && word.end > word.start) {
      lines++;
      addAll(letters, bytes, word.start, word.end);
      addAll(words, bytes, wordStart(bytes, start, word), word.end);
    }
    start = end + 1;
  }
  if (lines < MIN_LINES) return [];
  return words.length === letters.length ? [letters.done()] : [letters.done(), words.done()];
}

/**
 * Where the word with its signs starts. One that is long, or in which many letters stand together, shows what it has by
 * itself; joined to the line before, that line's last letters would pass for the value's own.
 */
function wordStart(bytes: Uint8Array, start: number, { start: last, end }: { start: number; end: number }): number {
  let from = last;
  let together = 0;
  for (; from > start && bytes[from - 1]! > 0x20; from--) {
    together = CODE[bytes[from - 1]!] === 0 ? 0 : together + 1;
    if (together > MAX_WORD || end - from >= LONGEST) return last;
  }
  return from;
}

function addAll(out: DecodedBuilder, bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) out.add(bytes[i]!, i, i + 1);
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
