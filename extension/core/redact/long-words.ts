import { encodedPlaces, MIN_ENCODED } from "./encoded-text.ts";
import { LAST_BASE85, MIN_BASE85, saysBase85 } from "./views/base85.ts";

/** More than the longest stretch that the looks at a word need, so that one across two blocks is judged whole. */
const OVERLAP = 64;
const MIN_WORD = Math.min(MIN_ENCODED, MIN_BASE85);

/** Adds places in the words between `from` and `to` that are long enough for an encoding, and say something. */
export function wordPlaces(bytes: Uint8Array, from: number, to: number, places: number[]): void {
  const first = Math.max(0, from - OVERLAP);
  // A word that is long enough holds one of any places that are so far apart.
  for (let i = first + MIN_WORD - 1; i < to; i += MIN_WORD) {
    if (bytes[i]! <= BLANK) continue;
    let start = i;
    while (start > first && bytes[start - 1]! > BLANK) start--;
    while (i + 1 < to && bytes[i + 1]! > BLANK) i++;
    // One that ended before was judged then, perhaps for a segment that is released by now.
    if (i < from || i + 1 - start < MIN_WORD) continue;
    encodedPlaces(bytes, start, i + 1, places);
    base85Places(bytes, start, i + 1, places);
  }
}

const BLANK = 0x20;

function base85Places(bytes: Uint8Array, from: number, to: number, places: number[]): void {
  for (let i = from; i < to; i++) {
    const start = i;
    while (i < to && bytes[i]! <= LAST_BASE85) i++;
    if (i - start >= MIN_BASE85 && saysBase85(bytes, start, i)) places.push(i - 1);
  }
}
