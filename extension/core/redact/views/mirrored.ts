import { isDumpLine } from "../dump-line.ts";
import { encodedPlaces, hasMagic } from "../encoded-text.ts";
import { CODE, ROT13 } from "../fold.ts";
import { isNumberArray } from "../number-array.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";
import { withoutNumbering } from "./numbering.ts";

/** All of the text backwards, if it begins to be an encoding so: ";511#&", "37x0", "m13[". */
export function reversed(bytes: Uint8Array): Decoded | undefined {
  const out = bytes.toReversed();
  if (!LINES.test(latin1(bytes)) && !isEncoded(out)) return undefined;
  const lo = new Int32Array(out.length);
  const hi = new Int32Array(out.length);
  for (let i = 0; i < out.length; i++) {
    lo[i] = out.length - 1 - i;
    hi[i] = out.length - i;
  }
  return { bytes: out, lo, hi };
}

/** All of the text after another rot13, if it begins to be an encoding so: "\\h0073", "&#k73;", "U4fVNNNNN". */
export function rotated(bytes: Uint8Array): Decoded | undefined {
  const out = new Uint8Array(bytes.length);
  let letters = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    out[i] = ROT13[byte]!;
    letters |= byte ^ out[i]!;
  }
  // Without letters it is as it was.
  if (letters === 0 || !isEncoded(out)) return undefined;
  const same = new DecodedBuilder(out.length);
  same.addAll(out, 0, out.length);
  return same.done();
}

/** Pieces of a text with the same words behind each. */
const LINES = /( [^\n]{2,24})\n\S{1,16}\1(?:\n|$)/;
/** Escapes of a byte or a character, of some signs only too, and colours. */
const ESCAPES =
  /&#(?:\d{2,3}\b|x[0-9a-f]{2};)|\\(?:u00[2-7]|x[2-7][0-9a-f]\\|U000000|[01][0-7]{2}\\[01])|%[2-7][0-9a-f](?:%|[^%\s]{1,24}%[2-7][0-9a-f])|=[2-7][0-9A-F][^=\s]{1,24}=[2-7][0-9A-F]|0x[2-7][0-9a-f]\b|0b[01]{6,7}\b|\x1b\[[\d;]*[a-z]|<\/[a-z]|1f8b ?08/i;

function isEncoded(bytes: Uint8Array): boolean {
  const places: number[] = [];
  encodedPlaces(bytes, 0, bytes.length, places, hasMagic);
  const text = latin1(bytes);
  return (
    places.length > 0 ||
    ESCAPES.test(text) ||
    text.split("\n").some((line) => isDumpLine(line.trim())) ||
    hasNumbers(bytes) ||
    withoutNumbering(bytes) !== undefined
  );
}

/** One number in so many is tried as the last of an array. */
const EVERY = 6;

function hasNumbers(bytes: Uint8Array): boolean {
  let ends = 0;
  let digits = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isDigit = CODE[bytes[i]!]! > 26;
    digits = isDigit ? digits + 1 : 0;
    if (!isDigit && i > 0 && CODE[bytes[i - 1]!] !== 0) ends++;
    if ((ends === EVERY || digits === LONG) && isNumberArray(bytes, i - 1)) return true;
    if (ends === EVERY) ends = 0;
  }
  return false;
}

/** Digits that stand for bytes without anything in between. */
const LONG = 40;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
