import { hexDigit } from "./views/escapes.ts";
import { plainLetters } from "./views/unicode.ts";

/** Bytes that may begin something a decoder undoes. */
export const TRIGGER_BYTES: readonly number[] = [0x0a, 0x08, 0x25, 0x26, 0x3d, 0x5c, 0xe1, 0xe2, 0xef, 0xf0];

/**
 * Whether an escape, or a letter that Unicode folds to a plain one, stands at `at`; undefined if that depends on bytes
 * after `end`.
 */
export function isTrigger(bytes: Uint8Array, at: number, end: number, accents: boolean): boolean | undefined {
  switch (bytes[at]) {
    case 0x25:
      return at + 1 >= end ? undefined : bytes[at + 1] === 0x75 || isHexPair(bytes, at + 1, end);
    case 0x3d:
      return at + 1 >= end ? undefined : isSoftBreak(bytes, at + 1) || isHexPair(bytes, at + 1, end);
    case 0x26:
      return isEntity(bytes, at, end);
    case 0x5c:
      return at + 1 >= end ? undefined : isBackslashEscape(bytes[at + 1]!);
    case 0x08:
      return true;
    default:
      return isFoldable(bytes, at, end, accents);
  }
}

function isHexPair(bytes: Uint8Array, at: number, end: number): boolean | undefined {
  if (hexDigit(bytes[at]!) < 0) return false;
  return at + 1 >= end ? undefined : hexDigit(bytes[at + 1]!) >= 0;
}

function isSoftBreak(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x0a || bytes[at] === 0x0d;
}

function isEntity(bytes: Uint8Array, at: number, end: number): boolean | undefined {
  let i = at + 1;
  while (i < end && i - at < 12 && bytes[i] !== 0x3b && isEntityByte(bytes[i]!)) i++;
  return i >= end && i - at < 12 ? undefined : bytes[i] === 0x3b && i < end;
}

function isEntityByte(byte: number): boolean {
  const lower = byte | 0x20;
  return byte === 0x23 || (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

/** A backslash before punctuation is dropped by the skeleton anyway. */
function isBackslashEscape(next: number): boolean {
  return isEntityByte(next) && next !== 0x23 ? true : next === 0x0a || next === 0x0d || next === 0x5c;
}

function isFoldable(bytes: Uint8Array, at: number, end: number, accents: boolean): boolean | undefined {
  const lead = bytes[at]!;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (length === 2) return accents;
  if (at + length > end) return undefined;
  let point = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) point = (point << 6) | (bytes[at + i]! & 0x3f);
  return plainLetters(point).some((letter) => letter >= 0x30);
}
