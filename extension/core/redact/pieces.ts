import { EVIDENCE, hasEvidence, nextWindow } from "./evidence.ts";
import { CODE } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { JoinedSymbols } from "./joined-symbols.ts";
import {
  codeStart,
  differsInLetters,
  firstWordEnd,
  isFirstNumber,
  isFirstPiece,
  isNumberPiece,
} from "./line-differences.ts";
import { MAX_PREFIX, sharedWords } from "./lines.ts";
import { isNumberArray } from "./number-array.ts";
import { saysBase85 } from "./views/base85.ts";

/** Pieces follow each other: what comes back after other lines is a list. */
const NEAR = 2;
/** So many lines that begin with the same words as one just as long before them. */
const REPEATED = 2;
const LONGEST_LINE = 160;
const LONGEST_PIECE = 40;
const QUOTES = [0x22, 0x27];

/** Lines that a program prints the pieces of one text in: "app[1]: s3cr", "app[1]: t-va". */
export class Pieces {
  /** Of the lines just before, as a ring: where they start, how long they are and whether they were repeated. */
  readonly #starts = new Int32Array(NEAR).fill(-1);
  readonly #lengths = new Int32Array(NEAR);
  readonly #repeated = new Uint8Array(NEAR);
  #count = 0;
  readonly #numbers = new Joined();
  readonly #texts = new Joined();
  readonly #symbols: JoinedSymbols;
  readonly #grams: GramIndex;

  constructor(grams: GramIndex) {
    this.#grams = grams;
    this.#symbols = new JoinedSymbols(grams);
  }

  /** Takes the next line and tells whether it is one of many pieces. */
  line(bytes: Uint8Array, start: number, newline: number): boolean {
    const length = newline - start;
    let kind: Kind = "none";
    if (length <= LONGEST_LINE) {
      for (let n = 0; n < NEAR && kind === "none"; n++) kind = this.#kindOf(bytes, n, start, length);
    }
    const goesOn = length <= MAX_PREFIX + LONGEST_PIECE && this.#goesOn(bytes, start, newline);
    const slot = this.#count++ % NEAR;
    this.#starts[slot] = start;
    this.#lengths[slot] = length;
    this.#repeated[slot] = kind === "text" ? 1 : 0;
    if (kind !== "numbers") this.#numbers.clear();
    if (kind !== "text") this.#texts.clear();
    if (goesOn) return true;
    if (kind === "none") return false;
    if (kind === "numbers") return isNumberArray(this.#numbers.bytes, this.#numbers.bytes.length - 1);
    if (saysBase85(this.#texts.bytes, 0, this.#texts.bytes.length)) return true;
    let total = 0;
    for (const one of this.#repeated) total += one;
    if (total >= REPEATED || endsLikeValue(this.#grams, bytes, start, newline)) return true;
    return endsLikeValue(this.#grams, bytes, start, firstWordEnd(bytes, start, newline));
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    for (let n = 0; n < NEAR; n++) this.#starts[n]! -= bytes;
  }

  /**
   * Whether a value goes on in this line: behind the words that the one before begins with too, or before those that it
   * ends with.
   */
  #goesOn(bytes: Uint8Array, start: number, end: number): boolean {
    const last = (this.#count + NEAR - 1) % NEAR;
    const before = this.#starts[last]!;
    const pieces = before < 0 ? undefined : differingParts(bytes, before, before + this.#lengths[last]!, start, end);
    if (pieces === undefined) {
      this.#symbols.clear();
      return false;
    }
    const [one, other] = pieces;
    if (this.#symbols.isEmpty) this.#symbols.add(bytes, ...one);
    return this.#symbols.add(bytes, ...other);
  }

  /** Beside the `n`th of the lines before. */
  #kindOf(bytes: Uint8Array, n: number, start: number, length: number): Kind {
    const before = this.#starts[n]!;
    if (before < 0) return "none";
    if (isFirstPiece(bytes, before, before + this.#lengths[n]!, start, start + length)) return "text";
    if (this.#lengths[n] !== length) return "none";
    const shared = sharedWords(bytes, before, start, length);
    if (shared === 0 || length - shared > LONGEST_PIECE) return "none";
    if (differsInLetters(bytes, before, start, shared, length)) {
      if (this.#texts.bytes.length === 0) this.#texts.add(bytes.subarray(before + shared, before + length));
      this.#texts.add(bytes.subarray(start + shared, start + length));
      return "text";
    }
    if (!isNumberPiece(bytes, before, start, shared, length)) return "none";
    this.#numbers.add(bytes.subarray(start + codeStart(bytes, start, shared, length)!, start + length));
    return "numbers";
  }
}

type Part = readonly [start: number, end: number];

/** What two lines do not share, a quote before the first of them aside. */
function differingParts(
  bytes: Uint8Array,
  one: number,
  oneEnd: number,
  other: number,
  otherEnd: number,
): readonly [Part, Part] | undefined {
  const first = QUOTES.includes(bytes[one]!) && bytes[one] !== bytes[other] ? one + 1 : one;
  const shared = sharedWords(bytes, first, other, Math.min(oneEnd - first, otherEnd - other));
  if (shared > 0) {
    if (Math.max(oneEnd - first, otherEnd - other) - shared > LONGEST_PIECE) return undefined;
    const from = codeStart(bytes, other, shared, otherEnd - other) ?? shared;
    return [
      [first + from, oneEnd],
      [other + from, otherEnd],
    ];
  }
  if (!isFirstNumber(bytes, one, oneEnd, other, otherEnd)) return undefined;
  return [
    [one, firstWordEnd(bytes, one, oneEnd)],
    [other, firstWordEnd(bytes, other, otherEnd)],
  ];
}

/** What a line differs in from one with the same words. Numbers do in most logs, so they must say something. */
type Kind = "none" | "text" | "numbers";

const CAPACITY = 96;

/** The last pieces, one behind the other. */
class Joined {
  readonly #joined = new Uint8Array(CAPACITY);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#joined.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  add(piece: Uint8Array): void {
    const more = piece.subarray(-CAPACITY);
    const drop = Math.max(0, this.#length + more.length - CAPACITY);
    this.#joined.copyWithin(0, drop, this.#length);
    this.#joined.set(more, this.#length - drop);
    this.#length += more.length - drop;
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
