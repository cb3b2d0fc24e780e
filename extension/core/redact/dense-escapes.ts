/** So many escape sequences with hardly anything between them. */
const SEQUENCES = 6;
const MAX_BETWEEN = 6;

/** Single characters in colours, or with the cursor moved between them. */
export class DenseEscapes {
  #end = 0;
  #count = 0;

  /** Takes the next sequence and tells whether it is one of many such. */
  take(start: number, end: number): boolean {
    const between = start - this.#end;
    this.#end = end;
    if (between > MAX_BETWEEN) this.#count = 0;
    else if (between > 0) this.#count++;
    return this.#count >= SEQUENCES;
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    this.#end -= bytes;
  }
}
