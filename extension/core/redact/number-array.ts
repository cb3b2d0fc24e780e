import { CODE } from "./fold.ts";
import { HEX } from "./views/radix.ts";

const MIN_NUMBERS = 6;
const MIN_BIT_GROUPS = 3;
const MAX_SEPARATOR = 16;
/** A digit on its own is no character, but may stand for one beside its number. */
const REACH = 192;
const MIN_TRIPLES = 8;

/**
 * Whether the number that holds `place` and the ones before it are bytes, most of them printable, in decimal,
 * octal, hex or binary: "111, 118, 116", "0x6f 0x76", "6f:76:74", "01101111 01110110".
 */
export function isNumberArray(bytes: Uint8Array, place: number): boolean {
  if (isTriples(bytes, place)) return true;
  let at = place + 1;
  // The one at `place` may go on, so it doesn't count.
  at = skipHex(bytes, at);
  let numbers = 0;
  let bitGroups = 0;
  while (at > 0 && numbers < MIN_NUMBERS && bitGroups < MIN_BIT_GROUPS) {
    const prefixed = bytes[at - 1]! > 0x39 && isBasePrefix(bytes[at - 1]!) && bytes[at - 2] === 0x30 ? at - 2 : at;
    const end = skipSeparators(bytes, prefixed);
    if (end === prefixed || prefixed - end > MAX_SEPARATOR) return false;
    const start = isLoneLetter(bytes, end - 1) ? end - 1 : skipHex(bytes, end);
    if (isBits(bytes, start, end)) bitGroups++;
    else if (isCharacter(bytes, start, end)) numbers++;
    else if (isWordOfText(bytes, start, end)) numbers += 3;
    else if (end - start !== 1 || place - start > REACH) return false;
    at = start;
  }
  return numbers >= MIN_NUMBERS || bitGroups >= MIN_BIT_GROUPS;
}

/** "111118116095057102": three digits for each character. */
function isTriples(bytes: Uint8Array, place: number): boolean {
  const first = place + 1 - 3 * (MIN_TRIPLES + 1);
  if (first < 0) return false;
  for (let i = place; i >= first; i--) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  for (let phase = 0; phase < 3; phase++) {
    let count = 0;
    for (let at = first + phase; at + 3 <= place + 1; at += 3) {
      const byte = bytes[at]! * 100 + bytes[at + 1]! * 10 + bytes[at + 2]! - 0x30 * 111;
      if (byte >= 0x20 && byte < 0x7f) count++;
    }
    if (count >= MIN_TRIPLES) return true;
  }
  return false;
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

function isLoneLetter(bytes: Uint8Array, at: number): boolean {
  return CODE[bytes[at]!] !== 0 && (at === 0 || CODE[bytes[at - 1]!] === 0);
}

/** White space and signs. */
function skipSeparators(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && end - at <= MAX_SEPARATOR && bytes[at - 1]! < 0x7f && CODE[bytes[at - 1]!] === 0) at--;
  return at;
}

function isBasePrefix(byte: number): boolean {
  const lower = byte | 0x20;
  return lower === 0x78 || lower === 0x6f || lower === 0x62;
}

function isBits(bytes: Uint8Array, from: number, to: number): boolean {
  const prefixed = to - from >= 8 && bytes[from] === 0x30 && (bytes[from + 1]! | 0x20) === 0x62;
  const first = prefixed ? from + 2 : from;
  if (to - first < 6 || to - first > 8 || (to - first < 8 && bytes[first] !== 0x31)) return false;
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
