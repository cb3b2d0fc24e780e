import { saysText } from "../printable.ts";
import type { Decoded } from "../view.ts";
import { inflated } from "./inflated.ts";
import { BASE32, BASE64, decodeRadix, HEX, type Radix } from "./radix.ts";

const MIN_RUN = 16;

/**
 * What long runs of base64, base32 and hex digits say, line breaks in between or not. A value's own encodings are
 * found by their skeletons; this is for a value that was escaped, reversed, compressed or encoded before.
 */
export function decodeRuns(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  for (const radix of [BASE64, HEX, BASE32]) {
    for (const places of runsOf(bytes, radix)) {
      for (let phase = 0; phase < radix.group; phase++) {
        const decoded = decodeRadix(bytes, places, phase, radix);
        if (saysText(decoded.bytes)) views.push(decoded);
        if (phase === 0) views.push(...inflated(decoded));
      }
    }
  }
  return views;
}

/** The places of the characters of each run; a run goes on in the next line if it fills the end of this one. */
function runsOf(bytes: Uint8Array, { digit }: Radix): Int32Array[] {
  const runs: Int32Array[] = [];
  const places = new Int32Array(bytes.length);
  let length = 0;
  const flush = (): void => {
    if (length >= MIN_RUN) runs.push(places.slice(0, length));
    length = 0;
  };
  for (let i = 0; i < bytes.length; i++) {
    if (digit[bytes[i]!]! >= 0) places[length++] = i;
    else if (length > 0) {
      const next = lineBreakEnd(bytes, i);
      if (next === 0 || next >= bytes.length || digit[bytes[next]!]! < 0) flush();
      else i = next - 1;
    }
  }
  flush();
  return runs;
}

/** The end of a line break and the next line's indent at `at`, or 0. */
function lineBreakEnd(bytes: Uint8Array, at: number): number {
  let i = at;
  if (bytes[i] === 0x0d) i++;
  if (bytes[i] !== 0x0a) return 0;
  i++;
  while (bytes[i] === 0x20 || bytes[i] === 0x09) i++;
  return i;
}
