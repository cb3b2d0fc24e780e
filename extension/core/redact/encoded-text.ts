import { looksDeflated } from "./deflate-signature.ts";
import { textLength, textState } from "./printable.ts";
import { BASE32, BASE64, HEX, type Radix } from "./views/radix.ts";

/** Shorter runs hold too little to be worth a look. */
export const MIN_ENCODED = 20;
/** More than the longest stretch that `says` needs, so that a run across two blocks is judged whole. */
const OVERLAP = 64;
const MIN_BITS = 50;
/** So many characters hold enough text, wherever it begins. */
const MIN_HEX = 28;
const MIN_BASE32 = 23;

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

/** A look at which characters there are saves most runs, words and hashes, from being decoded in every way. */
function says(bytes: Uint8Array, start: number, end: number): boolean {
  let kinds = 0;
  let hex = 0;
  let longestHex = 0;
  let base32 = 0;
  let longestBase32 = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    kinds |= byte >= 0x61 ? 1 : byte >= 0x41 ? 2 : 4;
    hex = HEX.digit[byte]! < 0 ? 0 : hex + 1;
    if (hex > longestHex) longestHex = hex;
    base32 = BASE32.digit[byte]! < 0 ? 0 : base32 + 1;
    if (base32 > longestBase32) longestBase32 = base32;
  }
  return (
    ((kinds & 3) === 3 && saysIn(bytes, start, end, BASE64)) ||
    (longestHex >= MIN_HEX && saysIn(bytes, start, end, HEX)) ||
    (longestBase32 >= MIN_BASE32 && saysIn(bytes, start, end, BASE32))
  );
}

/** Fifty binary digits: six bytes. */
function isBitString(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < MIN_BITS) return false;
  for (let i = end - MIN_BITS; i < end; i++) if (bytes[i] !== 0x30 && bytes[i] !== 0x31) return false;
  return true;
}

function saysIn(bytes: Uint8Array, start: number, end: number, { digit, width, group, minText }: Radix): boolean {
  for (let phase = 0; phase < group; phase++) {
    let text = 0;
    let bits = 0;
    let held = 0;
    for (let i = start + phase; i < end; i++) {
      const value = digit[bytes[i]!]!;
      if (value < 0) {
        held = 0;
        text = 0;
        // Groups are counted from the run's start, so the next one begins where this phase comes round again.
        while (i + 1 < end && (i + 1 - start - phase) % group !== 0) i++;
        continue;
      }
      bits = ((bits << width) | value) & 0xffff;
      held += width;
      if (held < 8) continue;
      held -= 8;
      const byte = (bits >> held) & 0xff;
      text = textState(text, byte);
      if (textLength(text) >= minText) return true;
    }
  }
  return false;
}

/** In base64, gzip is H4sI; zlib's two bytes make eJ, eA, eF or eN and a third character. */
function isCompressed(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i + 8 < end; i++) {
    if (bytes[i] === 0x48 && bytes[i + 1] === 0x34 && bytes[i + 2] === 0x73 && bytes[i + 3] === 0x49) return true;
  }
  if (goesOn(bytes, start)) return false;
  if (looksDeflated(bytes, start, end)) return true;
  return bytes[start] === 0x65 && (bytes[start + 1]! === 0x4a || /[AFN]/.test(String.fromCharCode(bytes[start + 1]!)));
}

/** The run began before `start`, perhaps in the line before. */
function goesOn(bytes: Uint8Array, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && at >= start - 3 && bytes[at]! <= 0x20) at--;
  return at >= 0 && (at === start - 1 || bytes[start - 1] === 0x0a) && BASE64.digit[bytes[at]!]! >= 0;
}
