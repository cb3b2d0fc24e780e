import { SYMBOL } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { hasRun } from "./gram-run.ts";

const CAPACITY = 64;
/** More than a run needs to count. */
const KEPT = 12;

/** The letters and digits of pieces of a text, one piece behind the other. */
export class JoinedSymbols {
  readonly #grams: GramIndex;
  readonly #symbols = new Uint8Array(CAPACITY);
  #count = 0;

  constructor(grams: GramIndex) {
    this.#grams = grams;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  clear(): void {
    this.#count = 0;
  }

  /**
   * Adds the piece between `start` and `end`, the last of it if it is long. Tells whether a run of a value's letters and
   * digits is in it, or goes on in it.
   */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const from = Math.max(start, end - CAPACITY + KEPT);
    if (this.#count + end - from > CAPACITY) {
      this.#symbols.copyWithin(0, this.#count - KEPT, this.#count);
      this.#count = KEPT;
    }
    const before = this.#count;
    for (let i = from; i < end; i++) {
      const symbol = SYMBOL[bytes[i]!]!;
      this.#symbols[this.#count] = symbol;
      this.#count += +(symbol !== 0);
    }
    // A run that began in the pieces before may have become long enough.
    return hasRun(this.#grams, this.#symbols, Math.max(0, before - KEPT), this.#count);
  }
}
