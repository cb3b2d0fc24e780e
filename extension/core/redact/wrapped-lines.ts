import { hasMagic, says } from "./encoded-text.ts";
import { BASE64 } from "./views/radix.ts";

const CAPACITY = 128;
/** Of a longer line, a piece is judged on its own. */
const LONGEST = 64;
const SHORTEST = 4;

/** Lines of nothing but base64, hex or base32, together: those of a narrow column say too little on their own. */
export class WrappedLines {
  readonly #text = new Uint8Array(CAPACITY);
  #length = 0;

  /** Takes the next line and tells whether it and those before it say something. */
  line(bytes: Uint8Array, start: number, newline: number): boolean {
    let from = start;
    while (from < newline && bytes[from]! <= 0x20) from++;
    let to = newline;
    while (to > from && (bytes[to - 1]! <= 0x20 || bytes[to - 1] === 0x3d)) to--;
    if (to - from < SHORTEST || to - from > LONGEST || !isRun(bytes, from, to)) {
      this.#length = 0;
      return false;
    }
    if (this.#length + to - from > CAPACITY) {
      this.#text.copyWithin(0, LONGEST, this.#length);
      this.#length -= Math.min(this.#length, LONGEST);
    }
    const isFirst = this.#length === 0;
    this.#text.set(bytes.subarray(from, to), this.#length);
    this.#length += to - from;
    return !isFirst && says(this.#text, 0, this.#length, hasMagic);
  }
}

function isRun(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (BASE64.digit[bytes[i]!]! < 0) return false;
  return true;
}
