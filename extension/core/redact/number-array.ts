import { hexDigit } from "./views/escapes.ts";

const MIN_NUMBERS = 6;
const MIN_BIT_GROUPS = 3;
const MAX_SEPARATOR = 4;

/**
 * Whether the number that holds `place` and the ones before it are bytes, most of them printable, in decimal,
 * octal, hex or binary: "111, 118, 116", "0x6f 0x76", "6f:76:74", "01101111 01110110".
 */
export function isNumberArray(bytes: Uint8Array, place: number): boolean {
  let at = place + 1;
  // The one at `place` may go on, so it doesn't count.
  at = skip(bytes, at, isHex);
  let numbers = 0;
  let bitGroups = 0;
  while (at > 0 && numbers < MIN_NUMBERS && bitGroups < MIN_BIT_GROUPS) {
    const prefixed = bytes[at - 1]! > 0x39 && isBasePrefix(bytes[at - 1]!) && bytes[at - 2] === 0x30 ? at - 2 : at;
    const end = skip(bytes, prefixed, isSeparator);
    if (end === prefixed || prefixed - end > MAX_SEPARATOR) return false;
    const start = skip(bytes, end, isHex);
    if (isBits(bytes, start, end)) bitGroups++;
    else if (isCharacter(bytes, start, end)) numbers++;
    else return false;
    at = start;
  }
  return numbers >= MIN_NUMBERS || bitGroups >= MIN_BIT_GROUPS;
}

function skip(bytes: Uint8Array, end: number, passes: (byte: number) => boolean): number {
  let at = end;
  while (at > 0 && end - at < 32 && passes(bytes[at - 1]!)) at--;
  return at;
}

function isHex(byte: number): boolean {
  return hexDigit(byte) >= 0;
}

/** White space , : ; | - and backslash. */
function isSeparator(byte: number): boolean {
  return byte <= 0x20 || SEPARATORS.includes(byte);
}

const SEPARATORS = [...",:;|-\\_/"].map((char) => char.charCodeAt(0));

function isBasePrefix(byte: number): boolean {
  const lower = byte | 0x20;
  return lower === 0x78 || lower === 0x6f || lower === 0x62;
}

function isBits(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 8) return false;
  for (let i = from; i < to; i++) if (bytes[i] !== 0x30 && bytes[i] !== 0x31) return false;
  return true;
}

/** Two or three digits that are a byte in decimal, octal or hex; a small one only if it is zero (UTF-16). */
function isCharacter(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from === 1) return bytes[from] === 0x30;
  if (to - from === 0 || to - from > 3) return false;
  const text = String.fromCharCode(...bytes.subarray(from, to));
  return to - from === 2 ? !/^[01]/.test(text) || text === "1b" : /^(?:1\d\d|2[0-5]\d|0[0-7]{2})$/.test(text);
}
