import { CODE } from "./fold.ts";

/** Every so many bytes times the step, each step is tried. */
const STRIDE = 24;
const MAX_STEP = 4;
/** So many characters, with the same sign in the same place behind each. */
const MIN_ITEMS = 12;
const MIN_KINDS = 3;

/**
 * Adds a place in each stretch of single characters with the same bytes between them: "s k _", UTF-16. Which places
 * are tried depends on where they stand in the stream, `offset` bytes of which came before the buffer.
 */
export function framedPlaces(bytes: Uint8Array, offset: number, from: number, to: number, places: number[]): void {
  for (let step = 2; step <= MAX_STEP; step++) {
    const reach = step * MIN_ITEMS;
    const stride = STRIDE * step;
    for (let i = Math.ceil((from + offset) / stride) * stride - offset; i < to; i += stride) {
      if (i < reach) continue;
      for (let phase = 0; phase < step; phase++) {
        const at = i - phase;
        if (bytes[at] === bytes[at - step] && isFramed(bytes, at, step)) places.push(at);
      }
    }
  }
}

function isFramed(bytes: Uint8Array, at: number, step: number): boolean {
  const sign = bytes[at]!;
  if (CODE[sign] !== 0) return false;
  for (let n = 2; n < MIN_ITEMS - 1; n++) if (bytes[at - n * step] !== sign) return false;
  let varied = 0;
  for (let column = 1; column < step; column++) {
    const kinds = new Set<number>();
    for (let n = 0; n < MIN_ITEMS - 1; n++) kinds.add(bytes[at - column - n * step]!);
    if (kinds.size > 1) varied += kinds.size >= MIN_KINDS ? 1 : step;
  }
  return varied === 1;
}
