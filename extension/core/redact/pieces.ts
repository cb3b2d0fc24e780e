import { EVIDENCE, hasEvidence, nextWindow } from "./evidence.ts";
import { CODE } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { firstWordEnd, isFirstPiece, isPiece, sharedWords } from "./lines.ts";

/** Pieces follow each other: what comes back after other lines is a list. */
const NEAR = 2;
/** So many lines that begin with the same words as one just as long before them. */
const REPEATED = 2;
const LONGEST_LINE = 160;
const LONGEST_PIECE = 40;

/** Lines that a program prints the pieces of one text in: "app[1]: s3cr", "app[1]: t-va". */
export class Pieces {
  /** Of the lines just before, as a ring: where they start, how long they are and whether they were repeated. */
  readonly #starts = new Int32Array(NEAR).fill(-1);
  readonly #lengths = new Int32Array(NEAR);
  readonly #repeated = new Uint8Array(NEAR);
  #count = 0;

  readonly #grams: GramIndex;

  constructor(grams: GramIndex) {
    this.#grams = grams;
  }

  /** Takes the next line and tells whether it is one of many pieces. */
  line(bytes: Uint8Array, start: number, newline: number): boolean {
    const length = newline - start;
    let repeated = 0;
    if (length <= LONGEST_LINE) {
      for (let n = 0; n < NEAR && repeated === 0; n++) {
        if (this.#starts[n]! < 0) continue;
        if (this.#lengths[n] === length) repeated = this.#isPiece(bytes, n, start, length);
        if (repeated === 0) repeated = this.#isFirstPiece(bytes, n, start, length);
      }
    }
    const slot = this.#count++ % NEAR;
    this.#starts[slot] = start;
    this.#lengths[slot] = length;
    this.#repeated[slot] = repeated;
    if (repeated === 0) return false;
    let total = 0;
    for (const one of this.#repeated) total += one;
    if (total >= REPEATED || endsLikeValue(this.#grams, bytes, start, newline)) return true;
    return endsLikeValue(this.#grams, bytes, start, firstWordEnd(bytes, start, newline));
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    for (let n = 0; n < NEAR; n++) this.#starts[n]! -= bytes;
  }

  #isFirstPiece(bytes: Uint8Array, n: number, start: number, length: number): 0 | 1 {
    const before = this.#starts[n]!;
    return isFirstPiece(bytes, before, before + this.#lengths[n]!, start, start + length) ? 1 : 0;
  }

  #isPiece(bytes: Uint8Array, n: number, start: number, length: number): 0 | 1 {
    const before = this.#starts[n]!;
    const shared = sharedWords(bytes, before, start, length);
    if (shared === 0 || length - shared > LONGEST_PIECE) return 0;
    return isPiece(bytes, before, start, shared, length) ? 1 : 0;
  }
}

/** Whether the last letters and digits before `end` are ones of a value, in any of its forms. */
function endsLikeValue(grams: GramIndex, bytes: Uint8Array, start: number, end: number): boolean {
  let window = 0;
  let count = 0;
  for (let i = end - 1; i >= start && count < EVIDENCE; i--) {
    const code = CODE[bytes[i]!]!;
    if (code === 0) continue;
    window = nextWindow(window, code);
    count++;
  }
  return count === EVIDENCE && hasEvidence(grams.evidence, window);
}
