import { escapeEnd } from "./ansi.ts";
import { CODE } from "./fold.ts";
import { IS_TEXT } from "./printable.ts";

/** Lines of text have words of so many letters; hardly any line of an encoding has. */
const WORD = 3;
/** A line without words holds a part of a value if it has so many letters and digits … */
const MANY = 8;

/**
 * Whether what lies before `at` in its line has no words: numbers, single characters, colours. If there is little of
 * it, the line before must be like it: "ok" is an answer.
 */
export function isLoose(bytes: Uint8Array, from: number, at: number): boolean {
  const end = bytes[at - 1] === 0x0a ? at - 1 : at;
  const start = lineStart(bytes, from, end);
  const symbols = symbolsWithoutWords(bytes, start, end);
  if (symbols === undefined) return false;
  if (symbols >= MANY) return true;
  return start > from && symbolsWithoutWords(bytes, lineStart(bytes, from, start - 1), start - 1) !== undefined;
}

function lineStart(bytes: Uint8Array, from: number, end: number): number {
  return end <= from ? from : Math.max(from, bytes.lastIndexOf(0x0a, end - 1) + 1);
}

/** How many letters and digits there are; undefined = some stand together as in words. */
function symbolsWithoutWords(bytes: Uint8Array, start: number, end: number): number | undefined {
  let symbols = 0;
  let letters = 0;
  for (let i = start; i < end; ) {
    const byte = bytes[i]!;
    if (byte === 0x1b) {
      i = escapeEnd(bytes, i, end) ?? end;
      letters = 0;
      continue;
    }
    i++;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const code = CODE[byte]!;
    letters = (code > 0 && code <= LAST_LETTER) || isForeign(byte) ? letters + 1 : 0;
    if (letters >= WORD) return undefined;
    if (code !== 0 || byte >= 0xe0) symbols++;
  }
  return symbols;
}

const LAST_LETTER = 26;

/** The first byte of a letter that isn't one of ours in another shape: Greek, Cyrillic, Chinese. */
function isForeign(byte: number): boolean {
  return (byte >= 0xc3 && byte < 0xe2) || (byte >= 0xe3 && byte < 0xef);
}

/** A line with the same beginning is looked for among so many before. */
const NEAR = 12;
export const MAX_PREFIX = 80;
/** What stands behind the shared words of a line. */
export const LONGEST_PIECE = 80;

/**
 * Whether a text is printed in pieces of one size up to here: a line just before has the same words at its beginning, and
 * is as long, or so far before this one that the piece may go on in the next line.
 */
export function isRepeated(bytes: Uint8Array, from: number, at: number): boolean {
  let end = at - 1;
  for (let n = 0; n < WITHIN && end >= from; n++) {
    const start = lineStart(bytes, from, end);
    // A line break of the text itself, in one of the pieces.
    const isOneLine = n === 0 || symbolsWithoutWords(bytes, end + 1, at - 1) !== undefined;
    if (isOneLine && hasTwin(bytes, from, start, end)) return true;
    if (isWithinPiece(bytes, from, start, at)) return true;
    end = start - 1;
  }
  return false;
}

/** Half of the longest piece that may have line breaks in it, and one. */
const WITHIN = 9;

function hasTwin(bytes: Uint8Array, from: number, start: number, lineEnd: number): boolean {
  const length = lineEnd - start;
  let end = start - 1;
  let after = start;
  let numbers = 0;
  for (let n = 0; n < NEAR && end > from; n++) {
    const before = lineStart(bytes, from, end);
    if (end - before === length) {
      const shared = sharedWords(bytes, before, start, length);
      const piece = start + shared;
      if (shared > 0 && length - shared <= LONGEST_PIECE && !isMeasure(bytes, piece, lineEnd)) {
        if (differsInLetters(bytes, before, start, shared, length)) return true;
        // Two codes may be the same by chance, or one more than the one before.
        if (numbers++ < NUMBERS && isNumberPiece(bytes, before, after, shared, length)) return true;
        after = before;
      }
    }
    if (n === 0 && isFirstPiece(bytes, before, end, start, lineEnd)) return true;
    end = before - 1;
  }
  return false;
}

const NUMBERS = 2;

/** Pieces with line breaks in them are told by their beginnings alone, so only short ones are. */
const LONGEST_BROKEN = 16;

/** Whether the piece that begins at `start` may go on after `at`: the one before it is at least as long. */
function isWithinPiece(bytes: Uint8Array, from: number, start: number, at: number): boolean {
  const length = at - start;
  let end = start - 1;
  for (let n = 0; n < NEAR && end > from; n++) {
    const before = lineStart(bytes, from, end);
    const shared = sharedWords(bytes, before, start, length);
    if (shared > 0) {
      const distance = start - before;
      return (
        length <= distance &&
        distance - 1 - shared <= LONGEST_BROKEN &&
        (length < distance || isPiece(bytes, before, start, shared, length - 1))
      );
    }
    end = before - 1;
  }
  return false;
}

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
  const first = firstWordEnd(bytes, one, oneEnd);
  const second = firstWordEnd(bytes, other, otherEnd);
  if (first === one || second === other || oneEnd - first !== otherEnd - second || second === otherEnd) return false;
  if (differsInLetters(bytes, first, second, 0, otherEnd - second)) return false;
  const length = second - other;
  if (first - one !== length || differsInLetters(bytes, one, other, 0, length)) return !isTime(bytes, other, second);
  return false;
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

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

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

/**
 * Whether a line just before begins with the same prompt as this one: ">> log " before the pieces of a text. A terminal,
 * where somebody waits for each prompt, ends its lines with "\r\n".
 */
export function isRepeatedPrompt(bytes: Uint8Array, from: number, at: number): boolean {
  const start = lineStart(bytes, from, at);
  const length = at - start;
  if (length > PROMPT && isWithin(bytes, start, at)) return true;
  if (bytes[start - 2] !== 0x0d && isWithinPiece(bytes, from, start, at)) return true;
  let end = start - 1;
  for (let n = 0; n < NEAR && end > from; n++) {
    if (bytes[end - 1] === 0x0d) return false;
    const before = lineStart(bytes, from, end);
    if (end - before > length && isSameStart(bytes, before, start, length)) return true;
    end = before - 1;
  }
  return false;
}

/** So much of a prompt is looked for before it in its own line: "\\napp[1]: " in an escaped text. */
const PROMPT = 6;

function isWithin(bytes: Uint8Array, start: number, at: number): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return all.subarray(start, at - 1).includes(all.subarray(at - PROMPT, at));
}

function isSameStart(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let k = 0; k < length; k++) if (!isAlike(bytes[one + k], bytes[other + k])) return false;
  return true;
}

/** So many lines before a cut may hold the first pieces. */
const PIECES_BEFORE = 2;

/**
 * Where to read from to understand what begins at `own`: the start of its line, and that of the lines before if they
 * are pieces too. They were released when nobody knew that more would follow.
 */
export function piecesStart(bytes: Uint8Array, own: number): number {
  let start = lineStart(bytes, Math.max(0, own - MAX_PREFIX), own);
  for (let n = 0; n < PIECES_BEFORE && start > 0; n++) {
    const before = lineStart(bytes, 0, start - 1);
    const isPiece =
      start - before <= MAX_PREFIX + LONGEST_PIECE &&
      (symbolsWithoutWords(bytes, before, start - 1) !== undefined ||
        sharedWords(bytes, before, start, bytes.length - start) > 0);
    if (!isPiece) break;
    start = before;
  }
  return start;
}

/** How long the common beginning with a word or a sign is, up to its last blank; digits count as the same. */
export function sharedWords(bytes: Uint8Array, one: number, other: number, most: number): number {
  let words = 0;
  let said = false;
  for (let k = 0; k < Math.min(MAX_PREFIX, most); k++) {
    const byte = bytes[one + k];
    if (byte === undefined || byte === 0x0a || !isAlike(byte, bytes[other + k])) break;
    said ||= byte > 0x39;
    if (said && isBlank(byte)) words = k + 1;
  }
  return words;
}

export function isAlike(one: number | undefined, other: number | undefined): boolean {
  return one === other || (isDigit(one) && isDigit(other));
}

/** "12%" goes on as progress does, not as a value. */
function isMeasure(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== 0x25 || end - start > 6) return false;
  for (let i = start; i < end - 1; i++) if (!isDigit(bytes[i]) && bytes[i] !== 0x2e) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
