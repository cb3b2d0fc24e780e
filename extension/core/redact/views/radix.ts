import { textRun } from "../printable.ts";
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

/** Whether the same characters say something printable; costs less than decoding them. */
export function saysFrom(
  bytes: Uint8Array,
  places: Int32Array,
  phase: number,
  { width, digit, minText }: Radix,
): boolean {
  let bits = 0;
  let held = 0;
  let text = 0;
  for (let i = phase; i < places.length; i++) {
    bits = ((bits << width) | digit[bytes[places[i]!]!]!) & 0xffff;
    held += width;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    text = textRun(text, byte);
    if (text >= minText * 4) return true;
  }
  return false;
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
    for (let k = start; k < i; k++) out.add(bytes[k]!, lo[k]!, hi[k]!);
    if (i < bytes.length) out.add(0x0a, lo[i]!, hi[i]!);
  }
  return out.done();
}
