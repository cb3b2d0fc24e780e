import { MAY_BE_TEXT, textRun } from "../printable.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

/** An alphabet of 16, 32 or 64 characters: byte → its bits, or -1. */
export interface Radix {
  readonly width: 4 | 5 | 6;
  readonly digit: Int8Array;
  /** Characters after which the bits line up with bytes again: each of them is a place to begin. */
  readonly group: number;
  /** So many printable bytes in a row are no chance: there is more random base64 in the world than random hex. */
  readonly minText: number;
}

export const HEX: Radix = radix(4, 2, 14, ["0123456789abcdef", "0123456789ABCDEF"]);
export const BASE32: Radix = radix(5, 8, 14, ["ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijklmnopqrstuvwxyz234567"]);
export const BASE64: Radix = radix(6, 4, 16, [
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
]);

function radix(width: Radix["width"], group: number, minText: number, alphabets: readonly string[]): Radix {
  const digit = new Int8Array(256).fill(-1);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value++) digit[alphabet.charCodeAt(value)] = value;
  }
  return { width, digit, group, minText };
}

/** Whether the digits from `phase` on say something printable; costs less than decoding them. */
export function saysText(digits: Uint8Array, phase: number, length: number, radix: Radix): boolean {
  if (!maySay(digits, phase, length, radix)) return false;
  const { width, minText } = radix;
  let bits = 0;
  let held = 0;
  let text = 0;
  for (let i = phase; i < length; i++) {
    bits = ((bits << width) | digits[i]!) & 0xffff;
    held += width;
    if (held < 8) continue;
    held -= 8;
    text = textRun(text, (bits >> held) & 0xff);
    if (text >= minText * 4) return true;
  }
  return false;
}

/**
 * Whether `minText` of the bytes that the digits from `phase` on stand for may be text in a row. Looks at the last of so
 * many, and then on from the last one before it that is none: random bytes are ruled out by a quarter of them.
 */
function maySay(digits: Uint8Array, phase: number, length: number, { width, minText }: Radix): boolean {
  const count = ((length - phase) * width) >> 3;
  for (let before = -1, at = minText - 1; at < count; at = before + minText) {
    let i = at;
    while (i > before) {
      // A division by a constant costs a fraction of one by the width.
      const first = width === 6 ? ((i * 4) / 3) | 0 : width === 4 ? i * 2 : ((i * 8) / 5) | 0;
      const place = phase + first;
      // Eight bits are in two digits, or in three of base32.
      const bits = (digits[place]! << (2 * width)) | (digits[place + 1]! << width) | digits[place + 2]!;
      if (MAY_BE_TEXT[(bits >> (3 * width - 8 - (i * 8 - first * width))) & 0xff] === 0) break;
      i--;
    }
    if (i === before) return true;
    before = i;
  }
  return false;
}

/** The digits of characters that all are ones; valid until the next call. */
export function digitsOf(bytes: Uint8Array, places: Int32Array, { digit }: Radix): Uint8Array {
  const digits = scratch(places.length);
  for (let i = 0; i < places.length; i++) digits[i] = digit[bytes[places[i]!]!]!;
  return digits;
}

/** The same for those between `start` and `end`. */
export function digitsBetween(bytes: Uint8Array, start: number, end: number, { digit }: Radix): Uint8Array {
  const digits = scratch(end - start);
  for (let i = start; i < end; i++) digits[i - start] = digit[bytes[i]!]!;
  return digits;
}

let shared = new Uint8Array(1 << 10);

/** Two more than there are digits, for the last ones that `maySay` looks at. */
function scratch(length: number): Uint8Array {
  if (shared.length < length + 2) shared = new Uint8Array((length + 2) * 2);
  shared.fill(0, length, length + 2);
  return shared;
}

/** The bytes of the characters at `places`, from the one numbered `phase` on. */
export function decodeRadix(bytes: Uint8Array, places: Int32Array, phase: number, { width, digit }: Radix): Decoded {
  const out = new DecodedBuilder(((places.length * width) >> 3) + 1);
  let bits = 0;
  let held = 0;
  let first = phase;
  for (let i = phase; i < places.length; i++) {
    if (held === 0) first = i;
    bits = ((bits << width) | digit[bytes[places[i]!]!]!) & 0xffff;
    held += width;
    if (held < 8) continue;
    held -= 8;
    out.add((bits >> held) & 0xff, places[first]!, places[i]! + 1);
    first = i;
  }
  return out.done();
}

/** A shorter stretch holds too little of an encoding. */
const MIN_STRETCH = 14;

/** The stretches of text in `decoded`, one per line: the rest of an image or a program says nothing. */
export function textOnly(decoded: Decoded): Decoded {
  const { bytes, lo, hi } = decoded;
  const out = new DecodedBuilder(256);
  for (let i = 0; i < bytes.length; i++) {
    const start = i;
    let zeros = 0;
    for (let text = 0; i < bytes.length; i++) {
      text = textRun(text, bytes[i]!);
      if (text === 0) break;
      if (bytes[i] === 0) zeros++;
    }
    // Zeros stand between the letters of UTF-16, but hardly more than one.
    if (i - start < MIN_STRETCH || zeros * 2 > i - start + 1) continue;
    out.addDecoded(decoded, start, i);
    if (i < bytes.length) out.add(0x0a, lo[i]!, hi[i]!);
  }
  return out.done();
}
