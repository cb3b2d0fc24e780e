import { looksDeflated } from "./deflate-signature.ts";
import { MIN_TEXT, textRun } from "./printable.ts";
import { BASE32, BASE64, HEX, type Radix } from "./views/radix.ts";

/** Shorter runs hold too little to be worth a look. */
export const MIN_ENCODED = 16;
/** More than the longest stretch that `says` needs, so that a run across two blocks is judged whole. */
const OVERLAP = 64;
const MIN_BITS = 50;

/**
 * Adds the start of each run of base64, hex or base32 characters that says something printable, or that begins like
 * compressed data. Hashes, identifiers and paths don't, so they need not be decoded.
 */
export function encodedPlaces(bytes: Uint8Array, from: number, to: number, places: number[]): void {
  for (let i = Math.max(0, from - OVERLAP); i < to; ) {
    const start = i;
    while (i < to && BASE64.digit[bytes[i]!]! >= 0) i++;
    if (i - start < MIN_ENCODED) {
      i++;
      continue;
    }
    if (isCompressed(bytes, start, i) || says(bytes, start, i) || isBitString(bytes, start, i)) places.push(i - 1);
    i++;
  }
}

function says(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    saysIn(bytes, start, end, BASE64, 4) || saysIn(bytes, start, end, HEX, 2) || saysIn(bytes, start, end, BASE32, 8)
  );
}

/** Fifty binary digits: six bytes. */
function isBitString(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < MIN_BITS) return false;
  for (let i = end - MIN_BITS; i < end; i++) if (bytes[i] !== 0x30 && bytes[i] !== 0x31) return false;
  return true;
}

function saysIn(bytes: Uint8Array, start: number, end: number, { digit, width }: Radix, group: number): boolean {
  for (let phase = 0; phase < group; phase++) {
    let printable = 0;
    let before = 0;
    let bits = 0;
    let held = 0;
    for (let i = start + phase; i < end; i++) {
      const value = digit[bytes[i]!]!;
      if (value < 0) {
        held = 0;
        printable = 0;
        // Groups are counted from the run's start, so the next one begins where this phase comes round again.
        while (i + 1 < end && (i + 1 - start - phase) % group !== 0) i++;
        continue;
      }
      bits = ((bits << width) | value) & 0xffff;
      held += width;
      if (held < 8) continue;
      held -= 8;
      const byte = (bits >> held) & 0xff;
      printable = textRun(printable, before, byte);
      before = byte;
      if (printable >= MIN_TEXT) return true;
    }
  }
  return false;
}

/** In base64, gzip is H4sI; zlib's two bytes make eJ, eA, eF or eN and a third character. */
function isCompressed(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i + 8 < end; i++) {
    if (bytes[i] === 0x48 && bytes[i + 1] === 0x34 && bytes[i + 2] === 0x73 && bytes[i + 3] === 0x49) return true;
  }
  if (start > 0 && BASE64.digit[bytes[start - 1]!]! >= 0) return false;
  if (looksDeflated(bytes, start, end)) return true;
  return bytes[start] === 0x65 && (bytes[start + 1]! === 0x4a || /[AFN]/.test(String.fromCharCode(bytes[start + 1]!)));
}
