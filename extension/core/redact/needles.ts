/** An exact text, for values that have too few letters and digits for a skeleton. */
export interface Needle {
  readonly bytes: Uint8Array;
  readonly secret: number;
  /**
   * `anywhere`: too unlikely to be chance. `token`: with no letter or digit beside it. `assigned`: a common text, a
   * secret only as the value of something (`KEY=value`) or beside the secret's own name.
   */
  readonly where: "anywhere" | "token" | "assigned";
}

/** A dense Aho-Corasick automaton: one table look-up per byte, however many needles there are. */
export interface NeedleTable {
  readonly needles: readonly Needle[];
  /** Byte → column; bytes that are in no needle share column 0. */
  readonly column: Uint8Array;
  readonly columns: number;
  /** Row start + column → row start; a row's start is its number times `columns`. */
  readonly next: Int32Array;
  /** Row → first needle that ends here, or -1; `more` links to the next one. */
  readonly ends: Int32Array;
  readonly more: Int32Array;
  /** One bit per hash of three bytes in a row of a needle. */
  readonly trigrams: Uint8Array;
}

export function buildNeedles(needles: readonly Needle[]): NeedleTable {
  const column = new Uint8Array(256);
  let columns = 1;
  for (const { bytes } of needles) {
    for (const byte of bytes) if (column[byte] === 0 && columns < 256) column[byte] = columns++;
  }
  const rows = 1 + needles.reduce((sum, needle) => sum + needle.bytes.length, 0);
  const next = new Int32Array(rows * columns);
  const ends = new Int32Array(rows).fill(-1);
  const more = new Int32Array(needles.length).fill(-1);
  let used = 1;
  needles.forEach((needle, n) => {
    let row = 0;
    for (const byte of needle.bytes) {
      const cell = row * columns + column[byte]!;
      if (next[cell] === 0) next[cell] = used++;
      row = next[cell]!;
    }
    more[n] = ends[row]!;
    ends[row] = n;
  });
  link(next, ends, more, columns, used);
  for (let cell = 0; cell < next.length; cell++) next[cell]! *= columns;
  return { needles, column, columns, next, ends, more, trigrams: trigramsOf(needles) };
}

function trigramsOf(needles: readonly Needle[]): Uint8Array {
  const trigrams = new Uint8Array(1 << 13);
  for (const { bytes } of needles) {
    for (let i = 0; i + 3 <= bytes.length; i++) {
      const bit = trigramBit(bytes, i);
      trigrams[bit >> 3]! |= 1 << (bit & 7);
    }
  }
  return trigrams;
}

function trigramBit(bytes: Uint8Array, at: number): number {
  return (Math.imul((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!, 0x9e3779b1) >>> 16) & 0xffff;
}

/** Whether the three bytes from `at` on may be ones of a needle. */
export function isNeedlePart({ trigrams }: NeedleTable, bytes: Uint8Array, at: number): boolean {
  const bit = trigramBit(bytes, at);
  return ((trigrams[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

/** Fills in where to go on after a mismatch, row by row from the root. */
function link(next: Int32Array, ends: Int32Array, more: Int32Array, columns: number, rows: number): void {
  const fail = new Int32Array(rows);
  const queue: number[] = [];
  for (let c = 0; c < columns; c++) if (next[c] !== 0) queue.push(next[c]!);
  for (let q = 0; q < queue.length; q++) {
    const row = queue[q]!;
    const back = fail[row]!;
    if (ends[row] === -1) ends[row] = ends[back]!;
    else {
      let last = ends[row]!;
      while (more[last] !== -1) last = more[last]!;
      more[last] = ends[back]!;
    }
    for (let c = 0; c < columns; c++) {
      const cell = row * columns + c;
      const fallback = next[back * columns + c]!;
      if (next[cell] === 0) next[cell] = fallback;
      else {
        fail[next[cell]!] = fallback;
        queue.push(next[cell]!);
      }
    }
  }
}
