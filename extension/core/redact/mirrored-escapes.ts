import { evidenceAfter, evidenceBefore } from "./escape-evidence.ts";
import { CODE } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { LAST_LETTER } from "./lines.ts";
import { hexDigit, IS_SIGN } from "./views/escapes.ts";

/**
 * Whether an escape that runs backwards, or one after rot13, has letters of a value beside it. undefined = that depends on
 * bytes after `end`.
 */
export function isMirroredEscape(index: GramIndex, bytes: Uint8Array, at: number, end: number): boolean | undefined {
  if (IS_SIGN[bytes[at]!] === 0) return false;
  const backward = backwardLength(bytes, at);
  if (backward > 0 && evidenceBefore(index, bytes, at - backward)) return true;
  if (at + LONGEST_ROTATED > end) return undefined;
  const rotated = rotatedLength(bytes, at);
  if (backward === 0 && rotated === 0) return false;
  if (rotated > 0 && evidenceBefore(index, bytes, at)) return true;
  return evidenceAfter(index, bytes, rotated > 0 ? at + rotated : at + 1, end);
}

/** How many bytes an escape that runs backwards has before its sign: "d2%", "d200u\\", ";54#&". 0 = it is none. */
function backwardLength(bytes: Uint8Array, at: number): number {
  const before = bytes[at - 1];
  switch (bytes[at]) {
    case 0x25:
      return isHex(bytes, at - 2, at) ? 2 : 0;
    case 0x3d:
      // In quoted-printable the digits are upper case, which spares "code=".
      return isHex(bytes, at - 2, at) && bytes[at - 1]! < 0x61 && bytes[at - 2]! < 0x61 ? 2 : 0;
    case 0x5c:
      if (isLetter(before, 0x75)) return isHex(bytes, at - 5, at - 1) ? 5 : 0;
      return isLetter(before, 0x78) && isHex(bytes, at - 3, at - 1) ? 3 : 0;
    case 0x26:
      return before === 0x23 ? numberBefore(bytes, at) : 0;
    default:
      return 0;
  }
}

/** No escape after rot13 has more bytes. */
const LONGEST_ROTATED = 6;

/** How long an escape after rot13 is whose sign stands at `at`: "%2q", "\\h002q", "\\k2q", "&#k2q;". 0 = it is none. */
function rotatedLength(bytes: Uint8Array, at: number): number {
  const next = bytes[at + 1];
  switch (bytes[at]) {
    case 0x25:
    case 0x3d:
      // Digits alone are what they are without rot13.
      if (CODE[next!]! > LAST_LETTER && CODE[bytes[at + 2]!]! > LAST_LETTER) return 0;
      return isRotatedHex(bytes, at + 1, at + 3) ? 3 : 0;
    case 0x5c:
      if (isLetter(next, 0x68)) return isRotatedHex(bytes, at + 2, at + 6) ? 6 : 0;
      return isLetter(next, 0x6b) && isRotatedHex(bytes, at + 2, at + 4) ? 4 : 0;
    case 0x26:
      return next === 0x23 && isLetter(bytes[at + 2], 0x6b) && isRotatedHex(bytes, at + 3, at + 5) ? 5 : 0;
    default:
      return 0;
  }
}

function isLetter(byte: number | undefined, letter: number): boolean {
  return byte !== undefined && (byte | 0x20) === letter;
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  if (start < 0) return false;
  for (let i = start; i < end; i++) if (hexDigit(bytes[i]!) < 0) return false;
  return true;
}

/** 0-9, and n to s for a to f. */
function isRotatedHex(bytes: Uint8Array, start: number, end: number): boolean {
  if (end > bytes.length) return false;
  for (let i = start; i < end; i++) {
    const lower = bytes[i]! | 0x20;
    if (!(CODE[bytes[i]!]! > LAST_LETTER) && !(lower >= 0x6e && lower <= 0x73)) return false;
  }
  return true;
}

const LONGEST_NUMBER = 8;

/** The digits of "54#&" or "d2x#&", and the semicolon before them if there is one. */
function numberBefore(bytes: Uint8Array, at: number): number {
  let start = at - 1;
  while (
    start > 0 &&
    at - start < LONGEST_NUMBER &&
    (hexDigit(bytes[start - 1]!) >= 0 || isLetter(bytes[start - 1], 0x78))
  )
    start--;
  if (start === at - 1) return 0;
  return at - start + (bytes[start - 1] === 0x3b ? 1 : 0);
}
