import { isNeedlePart, type NeedleTable } from "./needles.ts";

/** So many escape sequences with hardly anything between them. */
const SEQUENCES = 6;
const MAX_BETWEEN = 6;

/** Single characters in colours, or with the cursor moved between them; and a colour in a value of few letters. */
export class DenseEscapes {
  #end = 0;
  #count = 0;
  readonly #needles: NeedleTable | undefined;

  constructor(needles: NeedleTable | undefined) {
    this.#needles = needles;
  }

  /** Takes the next sequence and tells whether it is one of many such, or stands behind a part of a needle. */
  take(bytes: Uint8Array, start: number, end: number): boolean {
    const between = start - this.#end;
    this.#end = end;
    if (between > MAX_BETWEEN) this.#count = 0;
    else if (between > 0) this.#count++;
    if (this.#count >= SEQUENCES) return true;
    return this.#needles !== undefined && start >= 3 && isNeedlePart(this.#needles, bytes, start - 3);
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    this.#end -= bytes;
  }
}
