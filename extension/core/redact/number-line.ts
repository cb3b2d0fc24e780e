import { hexDigit } from "./views/escapes.ts";

const MIN_NUMBERS = 8;
const MIN_BIT_GROUPS = 4;

/**
 * Whether the line that ends at `end` closes with an array of the codes of printable characters, in decimal, octal or
 * hex, or with groups of eight bits: "[111, 118, 116 …]", "01101111 01110110 …".
 */
export function endsWithNumbers(bytes: Uint8Array, start: number, end: number): boolean {
  let at = skip(bytes, start, end, isClosing);
  let numbers = 0;
  let bitGroups = 0;
  while (at > start && numbers < MIN_NUMBERS && bitGroups < MIN_BIT_GROUPS) {
    const from = skip(bytes, start, at, (byte) => hexDigit(byte) >= 0);
    if (isBits(bytes, from, at)) bitGroups++;
    else if (isCharacter(bytes, from, at)) numbers++;
    else return false;
    const prefix = from - 2 >= start && bytes[from - 2] === 0x30 && isBasePrefix(bytes[from - 1]!) ? from - 2 : from;
    at = skip(bytes, Math.max(start, prefix - 3), prefix, isSeparator);
    if (at === prefix && prefix > start) break;
  }
  return numbers >= MIN_NUMBERS || bitGroups >= MIN_BIT_GROUPS;
}

function skip(bytes: Uint8Array, start: number, end: number, passes: (byte: number) => boolean): number {
  let at = end;
  while (at > start && passes(bytes[at - 1]!)) at--;
  return at;
}

function isClosing(byte: number): boolean {
  return (
    byte <= 0x20 ||
    isSeparator(byte) ||
    byte === 0x5d ||
    byte === 0x7d ||
    byte === 0x29 ||
    byte === 0x3e ||
    byte === 0x22
  );
}

function isSeparator(byte: number): boolean {
  return (
    byte === 0x20 || byte === 0x2c || byte === 0x3a || byte === 0x3b || byte === 0x7c || byte === 0x2d || byte === 0x09
  );
}

function isBasePrefix(byte: number): boolean {
  const lower = byte | 0x20;
  return lower === 0x78 || lower === 0x6f || lower === 0x62;
}

function isBits(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 8) return false;
  for (let i = from; i < to; i++) if (bytes[i] !== 0x30 && bytes[i] !== 0x31) return false;
  return true;
}

/** Two or three digits that are a printable character in decimal, octal or hex. */
function isCharacter(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 2 || to - from > 3) return false;
  const text = String.fromCharCode(...bytes.subarray(from, to));
  return to - from === 2 ? !/^[01]/.test(text) : /^(?:1[0-2]\d|[01][0-7]{2})$/.test(text);
}
