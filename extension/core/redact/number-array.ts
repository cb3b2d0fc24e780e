import { CODE, ROT13 } from "./fold.ts";
import { IS_TEXT } from "./printable.ts";
import { HEX } from "./views/radix.ts";

const MIN_NUMBERS = 6;
const MIN_BIT_GROUPS = 3;
/** A UUID has three words of four digits, and a year is one. */
const MIN_PAIRS = 4;
const MAX_SEPARATOR = 16;
/** So far back, digits that are no characters may stand between those that are. */
const REACH = 192;
const MIN_TRIPLES = 8;
/** One more, because the first may be cut. */
const TRIPLE_DIGITS = 3 * (MIN_TRIPLES + 1);
const MIN_KINDS = 3;

/**
 * Whether the number that holds `place` and the ones before it are bytes, most of them printable, in decimal,
 * octal, hex or binary: "111, 118, 116", "0x6f 0x76", "6f:76:74", "01101111 01110110". Backwards and after rot13 too.
 */
export function isNumberArray(bytes: Uint8Array, place: number): boolean {
  if (isForwardArray(bytes, place)) return true;
  if (mayBeRotated(bytes, place) && isForwardArray(rotatedBefore(bytes, place), REACH - 1)) return true;
  return isBackwardArray(bytes, place);
}

export function isBackwardArray(bytes: Uint8Array, place: number): boolean {
  const run = place + 1 - TRIPLE_DIGITS;
  if (isDigits(bytes, run, place)) return isTriples(bytes.subarray(run, place + 1).toReversed(), TRIPLE_DIGITS - 1);
  if (!mayRunBackwards(bytes, place)) return false;
  const backwards = bytes.subarray(Math.max(0, place - BACKWARDS), place).toReversed();
  return [backwards.length - 1, NEARER].some(
    (at) => at < backwards.length && isForwardArray(backwards, at) && isForwardArray(backwards, at - FURTHER),
  );
}

/** So many letters and digits before `place` have a letter that is a hex digit after rot13, and no other one. */
const ROTATED_SYMBOLS = 16;

function mayBeRotated(bytes: Uint8Array, place: number): boolean {
  let symbols = 0;
  let letters = 0;
  for (let i = place; i >= 0 && place - i < BACKWARDS && symbols < ROTATED_SYMBOLS; i--) {
    const code = CODE[bytes[i]!]!;
    if (code === 0) continue;
    symbols++;
    if (code > 26) continue;
    if (HEX.digit[ROT13[bytes[i]!]!]! < 0 && bytes[i]! !== ROTATED_X) return false;
    letters++;
  }
  return symbols === ROTATED_SYMBOLS && letters > 0;
}

const ROTATED_X = ROT13["x".charCodeAt(0)]!;

function rotatedBefore(bytes: Uint8Array, place: number): Uint8Array {
  const rotated = new Uint8Array(REACH);
  const first = Math.max(0, place + 1 - REACH);
  for (let i = first; i <= place; i++) rotated[REACH - 1 - place + i] = ROT13[bytes[i]!]!;
  return rotated;
}

/** Holds enough numbers that are read from their last digit on to look twice: the digits of many others may be swapped. */
const BACKWARDS = 64;
const FURTHER = 14;
/** Where the text before the numbers may still be too near for the first. */
const NEARER = 48;

/** In so many numbers before the one at `place`, the last digit may be the first of a printable byte's. */
const FIRST_DIGITS = 3;

function mayRunBackwards(bytes: Uint8Array, place: number): boolean {
  let at = skipHex(bytes, place + 1);
  for (let n = 0; n < FIRST_DIGITS; n++) {
    let end = skipSeparators(bytes, at);
    if (end === at || at - end > MAX_SEPARATOR) return false;
    // "37x0", and the letter that "511=s" belongs to.
    if (bytes[end - 1] === 0x30 && isBasePrefix(bytes[end - 2]!)) end -= 2;
    else if (isLoneLetter(bytes, end - 1)) end = skipSeparators(bytes, end - 1);
    at = skipHex(bytes, end);
    const first = bytes[end - 1]!;
    if (end - at < 2 || (first !== 0x31 && first < (end - at === 3 ? 0x30 : 0x32))) return false;
  }
  return true;
}

function isDigits(bytes: Uint8Array, from: number, to: number): boolean {
  if (from < 0) return false;
  for (let i = from; i <= to; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return true;
}

function isForwardArray(bytes: Uint8Array, place: number): boolean {
  if (isTriples(bytes, place)) return true;
  // The one at `place` may go on, so it doesn't count; nor does a letter beside its code.
  let at = isLoneLetter(bytes, place) ? place : skipHex(bytes, place + 1);
  let numbers = 0;
  let bitGroups = 0;
  let pairs = 0;
  while (at > 0 && numbers < MIN_NUMBERS && bitGroups < MIN_BIT_GROUPS && pairs < MIN_PAIRS) {
    const prefixed = bytes[at - 1]! > 0x39 && isBasePrefix(bytes[at - 1]!) && bytes[at - 2] === 0x30 ? at - 2 : at;
    const end = skipSeparators(bytes, prefixed);
    if (end === prefixed || prefixed - end > MAX_SEPARATOR) return false;
    const start = isLoneLetter(bytes, end - 1) ? end - 1 : skipHex(bytes, end);
    if (isBits(bytes, start, end)) bitGroups++;
    else if (isCharacter(bytes, start, end)) numbers++;
    else if (isWordOfText(bytes, start, end)) numbers += 3;
    else if (isPairOfText(bytes, start, end)) pairs++;
    else if (!isSmall(bytes, start, end) || place - start > REACH) return false;
    at = start;
  }
  return numbers >= MIN_NUMBERS || bitGroups >= MIN_BIT_GROUPS || pairs >= MIN_PAIRS;
}

/** "111118116095057102": three digits for each character. */
function isTriples(bytes: Uint8Array, place: number): boolean {
  const first = place + 1 - TRIPLE_DIGITS;
  if (!isDigits(bytes, first, place)) return false;
  for (let phase = 0; phase < 3; phase++) if (saysTriples(bytes, first + phase, place + 1)) return true;
  return false;
}

function saysTriples(bytes: Uint8Array, from: number, to: number): boolean {
  let count = 0;
  let kinds = 0;
  let [one, other] = [-1, -1];
  for (let at = from; at + 3 <= to; at += 3) {
    const byte = bytes[at]! * 100 + bytes[at + 1]! * 10 + bytes[at + 2]! - 0x30 * 111;
    if (byte > 255 || (byte < 0x80 && IS_TEXT[byte] === 0)) {
      if (at > from) return false;
      continue;
    }
    count++;
    if (byte === one || byte === other) continue;
    kinds++;
    other = one;
    one = byte;
  }
  return count >= MIN_TRIPLES && kinds >= MIN_KINDS;
}

function skipHex(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && end - at < 32 && HEX.digit[bytes[at - 1]!]! >= 0) at--;
  return at;
}

/** "0x5f74766f": four or eight characters. */
function isWordOfText(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from + 1] === 0x78 ? from + 2 : from;
  if (to - first !== 8 && to - first !== 16) return false;
  for (let i = first; i < to; i += 2) {
    const byte = HEX.digit[bytes[i]!]! * 16 + HEX.digit[bytes[i + 1]!]!;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** A digit on its own, or a line break, a tab, a backspace, an escape or a zero in decimal or hex. */
function isSmall(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 1 || (to - from === 2 && CONTROLS.has((bytes[from]! << 8) | (bytes[from + 1]! | 0x20)));
}

const CONTROLS = new Set(
  ["00", "08", "09", "0a", "0d", "10", "13", "1b", "27"].map((two) => Buffer.from(two).readUInt16BE()),
);

/** Two characters as four hex or six octal digits: a word of a dump. */
function isPairOfText(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 4 && to - from !== 6) return false;
  const base = to - from === 4 ? 16 : 8;
  let word = 0;
  for (let i = from; i < to; i++) {
    const digit = HEX.digit[bytes[i]!]!;
    if (digit >= base) return false;
    word = word * base + digit;
  }
  return word < 0x10000 && IS_TEXT[word >> 8] === 1 && IS_TEXT[word & 0xff] === 1;
}

function isLoneLetter(bytes: Uint8Array, at: number): boolean {
  return CODE[bytes[at]!] !== 0 && (at === 0 || CODE[bytes[at - 1]!] === 0);
}

/** White space and signs, and line breaks that were escaped. */
function skipSeparators(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && end - at <= MAX_SEPARATOR) {
    const byte = bytes[at - 1]!;
    if (byte !== 0x7f && CODE[byte] === 0) at--;
    else if (bytes[at - 2] === 0x5c && ESCAPED_BREAKS.includes(byte)) at -= 2;
    else break;
  }
  return at;
}

/** The letters of \n \r \t. */
const ESCAPED_BREAKS = [0x6e, 0x72, 0x74];

function isBasePrefix(byte: number): boolean {
  const lower = byte | 0x20;
  return lower === 0x78 || lower === 0x6f || lower === 0x62;
}

function isBits(bytes: Uint8Array, from: number, to: number): boolean {
  const prefixed = to - from >= 3 && bytes[from] === 0x30 && (bytes[from + 1]! | 0x20) === 0x62;
  const first = prefixed ? from + 2 : from;
  if (to - first > 8 || (!prefixed && to - first < 6) || (to - first < 8 && bytes[first] !== 0x31 && !prefixed))
    return false;
  for (let i = first; i < to; i++) if (bytes[i] !== 0x30 && bytes[i] !== 0x31) return false;
  return true;
}

/** Two or three digits that are a byte in decimal, octal or hex; a small one only if it is zero (UTF-16). */
function isCharacter(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from === 1) return bytes[from] === 0x30;
  if (to - from === 0 || to - from > 3) return false;
  const [first, second] = [bytes[from]!, bytes[from + 1]!];
  // "-15" is a byte of Java's; "15" is mostly a count.
  if (to - from === 2)
    return first > 0x31 || (first === 0x31 && ((second | 0x20) === 0x62 || bytes[from - 1] === 0x2d));
  const third = bytes[from + 2]!;
  if (second > 0x39 || third > 0x39) return false;
  return first === 0x31 || (first === 0x32 && second <= 0x35) || (first === 0x30 && second < 0x38 && third < 0x38);
}
