import { looksDeflated } from "../deflate-signature.ts";
import type { Decoded } from "../view.ts";
import { inflated } from "./inflated.ts";
import { BASE32, BASE64, decodeRadix, digitsOf, HEX, type Radix, saysText } from "./radix.ts";

const MIN_RUN = 16;

/**
 * What long runs of base64, base32 and hex digits say, line breaks in between or not. A value's own encodings are
 * found by their skeletons; this is for a value that was escaped, reversed, compressed or encoded before.
 */
export function decodeRuns(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  for (const radix of [BASE64, HEX, BASE32]) {
    if (!hasRun(bytes, radix)) continue;
    for (const places of runsOf(bytes, radix)) {
      const digits = digitsOf(bytes, places, radix);
      for (let phase = 0; phase < radix.group; phase++) {
        if (saysText(digits, phase, places.length, radix)) views.push(decodeRadix(bytes, places, phase, radix));
      }
      if (radix !== BASE32) views.push(...inflatedLines(bytes, places, radix));
    }
  }
  return views;
}

/** Compressed data from the start of a line on, to the run's end or only the line's: the next may be a stranger. */
function inflatedLines(bytes: Uint8Array, places: Int32Array, radix: Radix): Decoded[] {
  const views: Decoded[] = [];
  let start = 0;
  for (let k = 1; k <= places.length; k++) {
    if (k < places.length && places[k] === places[k - 1]! + 1) continue;
    for (const from of compressedFrom(bytes, places.subarray(start, k), radix)) {
      const whole = inflated(decodeRadix(bytes, places.subarray(start + from), 0, radix));
      views.push(
        ...(whole.length > 0 ? whole : inflated(decodeRadix(bytes, places.subarray(start + from, k), 0, radix))),
      );
    }
    start = k;
  }
  return views;
}

/** How gzip, zip and zstd begin in base64. */
const COMPRESSED_BASE64 = ["H4sI", "UEsDB", "KLUv/"] as const;

const GZIP_HEX = "1f8b08";

/** The characters of a line at which compressed data may begin: gzip anywhere, the others at its start. */
function compressedFrom(bytes: Uint8Array, line: Int32Array, radix: Radix): readonly number[] {
  if (line.length < MIN_RUN) return [];
  const [start, end] = [line[0]!, line.at(-1)! + 1];
  const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
  const places =
    radix === BASE64 ? COMPRESSED_BASE64.map((magic) => text.indexOf(magic)) : [text.toLowerCase().indexOf(GZIP_HEX)];
  if (hasHeader(bytes, line, radix) || (radix === BASE64 && looksDeflated(bytes, start, end))) places.push(0);
  return [...new Set(places)].filter((at) => at !== -1);
}

function hasHeader(bytes: Uint8Array, line: Int32Array, radix: Radix): boolean {
  const [first, second] = decodeRadix(bytes, line.subarray(0, 8), 0, radix).bytes;
  const header = (first! << 8) | second!;
  if (header === 0x504b || header === 0x28b5 || header === 0x1f8b) return true;
  return (first! & 0x8f) === 8 && header % 31 === 0;
}

/** Whether there may be a run, not counting what breaks lines. */
function hasRun(bytes: Uint8Array, { digit }: Radix): boolean {
  let run = 0;
  for (let i = stretchFrom(bytes, 0, digit); i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (digit[byte]! >= 0) run++;
    else if (byte > 0x20) {
      run = 0;
      i = stretchFrom(bytes, i + 1, digit) - 1;
    }
    if (run >= MIN_RUN) return true;
  }
  return false;
}

/** Where the next `MIN_RUN` bytes without one that ends a run begin: looks at the last of so many first. */
function stretchFrom(bytes: Uint8Array, from: number, digit: Int8Array): number {
  let start = from;
  for (let i = start + MIN_RUN - 1; i >= start; ) {
    if (i >= bytes.length) return bytes.length;
    if (bytes[i]! > 0x20 && digit[bytes[i]!]! < 0) {
      start = i + 1;
      i += MIN_RUN;
    } else i--;
  }
  return start;
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
