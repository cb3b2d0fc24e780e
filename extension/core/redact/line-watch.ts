import { isDumpLine } from "./dump-line.ts";
import { SYMBOL } from "./fold.ts";
import { canonical, GRAM, GRAM_MASK, type GramIndex, headOf } from "./gram-index.ts";
import { lastWord } from "./views/columns.ts";
import { hexDigit } from "./views/escapes.ts";

/** Looks at each line as it ends: may it be a part of a dump, or of a value that is printed downwards? */
export class LineWatch {
  readonly #grams: GramIndex;
  #start = 0;
  #window = 0;
  #mirror = 0;
  #count = 0;

  constructor(grams: GramIndex) {
    this.#grams = grams;
  }

  line(bytes: Uint8Array, newline: number): boolean {
    const start = Math.max(0, this.#start);
    this.#start = newline + 1;
    const column = this.#column(bytes, start, newline);
    return column || mayBeDump(bytes, start, newline);
  }

  shift(bytes: number): void {
    this.#start -= bytes;
  }

  #column(bytes: Uint8Array, start: number, newline: number): boolean {
    const word = lastWord(bytes, start, newline);
    if (word === undefined) {
      this.#count = 0;
      return false;
    }
    let found = false;
    for (let i = word.start; i < word.end; i++) {
      const symbol = SYMBOL[bytes[i]!]!;
      this.#window = ((this.#window << 5) | symbol) & GRAM_MASK;
      this.#mirror = (this.#mirror >>> 5) | (symbol << 25);
      if (++this.#count >= GRAM && headOf(this.#grams, canonical(this.#window, this.#mirror)) !== 0) found = true;
    }
    return found;
  }
}

const LONGEST_DUMP_LINE = 256;

function mayBeDump(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LONGEST_DUMP_LINE) return false;
  let i = start;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  const first = i;
  while (i < end && hexDigit(bytes[i]!) >= 0) i++;
  if (i - first < 2 || (bytes[i] !== 0x20 && bytes[i] !== 0x3a && bytes[i] !== 0x78)) return false;
  return isDumpLine(Buffer.from(bytes.subarray(first, end)).toString("latin1"));
}
