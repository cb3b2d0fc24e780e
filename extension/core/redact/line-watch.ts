import { isDumpLine, isMirroredDumpLine } from "./dump-line.ts";
import type { GramIndex } from "./gram-index.ts";
import { JoinedSymbols } from "./joined-symbols.ts";
import { Pieces } from "./pieces.ts";
import { lastWord } from "./views/columns.ts";
import { hexDigit } from "./views/escapes.ts";
import { WrappedLines } from "./wrapped-lines.ts";

/** Looks at each line as it ends: may it be a part of a dump, or of a value that is printed downwards? */
export class LineWatch {
  #start = 0;
  /** The last words so far. */
  readonly #column: JoinedSymbols;
  readonly #wrapped = new WrappedLines();
  readonly #pieces: Pieces;

  constructor(grams: GramIndex) {
    this.#column = new JoinedSymbols(grams);
    this.#pieces = new Pieces(grams);
  }

  line(bytes: Uint8Array, newline: number): boolean {
    const start = Math.max(0, this.#start);
    this.#start = newline + 1;
    const column = this.#mayBeColumn(bytes, start, newline);
    const wrapped = this.#wrapped.line(bytes, start, newline);
    const pieces = this.#pieces.line(bytes, start, newline);
    return column || wrapped || pieces || mayBeDump(bytes, start, newline);
  }

  shift(bytes: number): void {
    this.#start -= bytes;
    this.#pieces.shift(bytes);
  }

  #mayBeColumn(bytes: Uint8Array, start: number, newline: number): boolean {
    const word = lastWord(bytes, start, newline);
    if (word !== undefined) return this.#column.add(bytes, word.start, word.end);
    this.#column.clear();
    return false;
  }
}

const LONGEST_DUMP_LINE = 256;

function mayBeDump(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LONGEST_DUMP_LINE) return false;
  if (mayBeMirrored(bytes, start, end) && isMirroredDumpLine(latin1(bytes, start, end).trim())) return true;
  let i = start;
  while (i < end && (bytes[i]! <= 0x20 || bytes[i] === 0x22 || bytes[i] === 0x27)) i++;
  const first = i;
  while (i < end && hexDigit(bytes[i]!) >= 0) i++;
  if (i - first >= OFFSET && bytes[i] === 0x5c) return isDumpLine(latin1(bytes, first, end).replaceAll("\\", ""));
  if (i - first < 2 || (bytes[i] !== 0x20 && bytes[i] !== 0x3a && bytes[i] !== 0x78)) return false;
  return isDumpLine(latin1(bytes, first, end));
}

const OFFSET = 6;

/** Begins with a zero, as offsets do, or ends with one behind other digits. */
function mayBeMirrored(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x30) return true;
  let last = end - 1;
  while (last > start && bytes[last]! <= 0x20) last--;
  if (bytes[last] !== 0x30) return false;
  let digits = 1;
  while (digits < OFFSET && hexDigit(bytes[last - digits]!) >= 0) digits++;
  return digits === OFFSET || bytes[last - 1] === 0x78;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
