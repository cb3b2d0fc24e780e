import { isRawWindow, type RawBytes } from "./raw-bytes.ts";
import { HEX } from "./views/radix.ts";

const MAX_SEPARATOR = 16;
/** The bytes of so many numbers are looked at: four of one byte each are a window, two words or four of its halves are two. */
const NUMBERS = 4;

/**
 * Whether the numbers before the one that holds `place` are bytes of a value, or words of two or four of them in either
 * order, in decimal, hex or octal: "[12, 244, 7, 99]", "0x0cf40763, …". By the values' own bytes, so that no other table of
 * numbers is looked at twice.
 */
export function saysValue(raw: RawBytes, bytes: Uint8Array, place: number): boolean {
  // The number at `place` may go on.
  let end = skipSeparators(bytes, skipDigits(bytes, place + 1));
  for (let n = 0; n < NUMBERS; n++) {
    const start = skipDigits(bytes, end);
    if (start === end) return n >= 2 && hasWords(raw, n);
    decimal[NUMBERS - 1 - n] = numberOf(bytes, start, end, 10);
    hex[NUMBERS - 1 - n] = numberOf(bytes, start, end, 16);
    octal[NUMBERS - 1 - n] = numberOf(bytes, start, end, 8);
    end = skipSeparators(bytes, start);
  }
  return [decimal, hex, octal].some((numbers) => isWindow(raw, numbers)) || hasWords(raw, NUMBERS);
}

const decimal = new Float64Array(NUMBERS);
const hex = new Float64Array(NUMBERS);
const octal = new Float64Array(NUMBERS);
const window = new Uint8Array(4);

function isWindow(raw: RawBytes, numbers: Float64Array): boolean {
  for (let i = 0; i < NUMBERS; i++) {
    const number = numbers[i]!;
    if (!(number >= -128 && number <= 255)) return false;
    window[i] = number;
  }
  return isRawWindow(raw, window, 0);
}

/** Of the last two numbers each is a word of four bytes, or the last two are halves of one before and one behind it. */
function hasWords(raw: RawBytes, count: number): boolean {
  for (const numbers of [decimal, hex, octal]) {
    for (const little of [false, true]) {
      if (isWord(raw, numbers[2]!, little) && isWord(raw, numbers[3]!, little)) return true;
      if (count === NUMBERS && isPair(raw, numbers, 0, little) && isPair(raw, numbers, 2, little)) return true;
    }
  }
  return false;
}

/** Of one of eight bytes the upper four are looked at: a number has no more digits than that. */
function isWord(raw: RawBytes, number: number, little: boolean): boolean {
  let word = number;
  if (number < -0x80000000 || number > 0xffffffff) word = Math.floor(number / 2 ** 32);
  if (word < 0) word += 2 ** 32;
  if (!(word > 0xffff && word <= 0xffffffff)) return false;
  for (let i = 0; i < 4; i++) window[i] = word / 2 ** (8 * (little ? i : 3 - i));
  return isRawWindow(raw, window, 0);
}

function isPair(raw: RawBytes, numbers: Float64Array, at: number, little: boolean): boolean {
  for (let i = 0; i < 2; i++) {
    const signed = numbers[at + i]!;
    const number = signed < 0 ? signed + 0x10000 : signed;
    if (!(number >= 0 && number <= 0xffff)) return false;
    window[2 * i] = little ? number : number >> 8;
    window[2 * i + 1] = little ? number >> 8 : number;
  }
  return isRawWindow(raw, window, 0);
}

/** NaN = no number of this base. "0x6f" and "-1" are ones. */
function numberOf(bytes: Uint8Array, start: number, end: number, base: number): number {
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = HEX.digit[bytes[i]!]!;
    if (digit >= base) return Number.NaN;
    number = number * base + digit;
  }
  return bytes[start - 1] === 0x2d && base === 10 ? -number : number;
}

/** Eight bytes in octal. */
const LONGEST = 22;

function skipDigits(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && end - at < LONGEST && HEX.digit[bytes[at - 1]!]! >= 0) at--;
  return at;
}

/** Signs and white space, and the x of 0x6f with its zero, which stand before a number. */
function skipSeparators(bytes: Uint8Array, end: number): number {
  let at = end;
  if (at >= 2 && (bytes[at - 1]! | 0x20) === 0x78 && bytes[at - 2] === 0x30) at -= 2;
  while (at > 0 && end - at < MAX_SEPARATOR && !isLetterOrDigit(bytes[at - 1]!)) at--;
  return at;
}

function isLetterOrDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a) || byte >= 0x80;
}
