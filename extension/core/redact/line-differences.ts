import { CODE } from "./fold.ts";
import { isAlike, isBlank, isDigit, LAST_LETTER } from "./lines.ts";
import { IS_TEXT } from "./printable.ts";

/**
 * Whether what stands behind the shared words differs: the same line once more says nothing, and a number that counts
 * up no more.
 */
export function isPiece(bytes: Uint8Array, one: number, other: number, from: number, to: number): boolean {
  return differsInLetters(bytes, one, other, from, to) || isNumberPiece(bytes, one, other, from, to);
}

export function differsInLetters(bytes: Uint8Array, one: number, other: number, from: number, to: number): boolean {
  for (let k = from; k < to; k++) if (!isAlike(bytes[one + k], bytes[other + k])) return true;
  return false;
}

/**
 * Whether there are other digits, without letters as of "345ms", which are no number that counts up, and may be characters'
 * codes.
 */
export function isNumberPiece(bytes: Uint8Array, one: number, other: number, from: number, to: number): boolean {
  const first = codeStart(bytes, other, from, to);
  if (first === undefined) return false;
  for (let k = first; k < to; k++) {
    if (bytes[one + k] === bytes[other + k]) continue;
    return !isNext(bytes, one, other, first, to) && mayBeCodes(bytes, one, other, first, to);
  }
  return false;
}

/** Of numbers without signs between them, three digits of each phase must be a character's. */
function mayBeCodes(bytes: Uint8Array, one: number, other: number, from: number, to: number): boolean {
  const digits: number[] = [];
  for (const line of [one, other]) {
    for (let k = from; k < to; k++) {
      const byte = bytes[line + k]!;
      if (isDigit(byte)) digits.push(byte - 0x30);
      else if (byte > 0x20 && !DECIMAL_SIGNS.includes(byte)) return true;
    }
  }
  return [0, 1, 2].some((phase) => {
    for (let k = phase; k + 3 <= digits.length; k += 3) {
      const byte = digits[k]! * 100 + digits[k + 1]! * 10 + digits[k + 2]!;
      if (byte > 255 || (byte < 0x80 && IS_TEXT[byte] === 0)) return false;
    }
    return true;
  });
}

/** They stand in numbers, times, dates and addresses. */
const DECIMAL_SIGNS = [..."-./:"].map((sign) => sign.charCodeAt(0));

/** A first word, which is all that the lines have not in common: "rc3s :]1[ppa", where a text runs backwards. */
const LONGEST_FIRST = 16;

export function isFirstPiece(bytes: Uint8Array, one: number, oneEnd: number, other: number, otherEnd: number): boolean {
  const words = firstWords(bytes, one, oneEnd, other, otherEnd);
  if (words === undefined) return false;
  const [first, second] = words;
  const length = second - other;
  if (first - one !== length || differsInLetters(bytes, one, other, 0, length)) return !isTime(bytes, other, second);
  return false;
}

/** The same for a few digits and signs, as many in both lines, unless they count up. */
export function isFirstNumber(
  bytes: Uint8Array,
  one: number,
  oneEnd: number,
  other: number,
  otherEnd: number,
): boolean {
  const words = firstWords(bytes, one, oneEnd, other, otherEnd);
  if (words === undefined || words[0] - one !== words[1] - other) return false;
  const length = words[1] - other;
  if (length > LONGEST_NUMBER) return false;
  for (let k = 0; k < length; k++) if (isWordLetter(bytes, one + k) || isWordLetter(bytes, other + k)) return false;
  return !isNext(bytes, one, other, 0, length) && !isNext(bytes, other, one, 0, length);
}

const LONGEST_NUMBER = 6;

/** Where the first words of two lines end if the rest is the same, but for digits. */
function firstWords(
  bytes: Uint8Array,
  one: number,
  oneEnd: number,
  other: number,
  otherEnd: number,
): readonly [first: number, second: number] | undefined {
  // Most lines differ in their last character already.
  if (!isAlike(bytes[oneEnd - 1], bytes[otherEnd - 1])) return undefined;
  const first = firstWordEnd(bytes, one, oneEnd);
  const second = firstWordEnd(bytes, other, otherEnd);
  if (first === one || second === other || oneEnd - first !== otherEnd - second || second === otherEnd)
    return undefined;
  return differsInLetters(bytes, first, second, 0, otherEnd - second) ? undefined : [first, second];
}

/** Digits and signs, as of times and amounts. */
function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  let signs = 0;
  for (let i = start; i < end; i++) {
    if (isWordLetter(bytes, i)) return false;
    if (!isDigit(bytes[i])) signs++;
  }
  return signs > 0;
}

/** `start` if there is none, or a longer one. */
export function firstWordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !isBlank(bytes[at])) if (++at - start > LONGEST_FIRST) return start;
  return at;
}

/**
 * Where digits and signs begin, and the letters of \\x73, &#x73; and 0x73: they may be shared words too. undefined = not even
 * what stands behind those has no other letters, such as "345ms".
 */
export function codeStart(bytes: Uint8Array, line: number, from: number, to: number): number | undefined {
  for (let k = from; k < to; k++) if (isWordLetter(bytes, line + k)) return undefined;
  let first = from;
  for (let k = from - 1; k > 0 && !isWordLetter(bytes, line + k); k--) if (isBlank(bytes[line + k - 1])) first = k;
  return first;
}

function isWordLetter(bytes: Uint8Array, at: number): boolean {
  const code = CODE[bytes[at]!]!;
  if (code === 0 || code > LAST_LETTER) return false;
  return !BASE_LETTERS.includes(bytes[at]! | 0x20) || !BEFORE_BASE.includes(bytes[at - 1]!);
}

const BASE_LETTERS = [..."xubo"].map((letter) => letter.charCodeAt(0));
/** Also a blank: the piece before may have ended with the 0 of 0x73. */
const BEFORE_BASE = [..."\\#0 "].map((sign) => sign.charCodeAt(0));

/** Whether all digits of the second as one number are one more than those of the first. */
function isNext(bytes: Uint8Array, one: number, other: number, from: number, to: number): boolean {
  let carry = 1;
  for (let k = to - 1; k >= from; k--) {
    if (!isDigit(bytes[other + k])) continue;
    const next = bytes[one + k]! - 0x30 + carry;
    if (bytes[other + k]! - 0x30 !== next % 10) return false;
    carry = next > 9 ? 1 : 0;
  }
  return carry === 0;
}
