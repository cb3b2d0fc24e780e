import { differsInLetters, isFirstNumber, isFirstPiece, isNumberPiece, isPiece } from "./line-differences.ts";
import { isAlike, isDigit, LONGEST_PIECE, lineStart, sharedWords, symbolsWithoutWords } from "./lines.ts";

/** A line with the same beginning is looked for among so many before. */
const NEAR = 12;

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
    if (n === 0 && isFirstNumber(bytes, before, end, start, lineEnd)) return true;
    end = before - 1;
  }
  return false;
}

const NUMBERS = 2;

/** Pieces with line breaks in them are told by their beginnings alone, so only short ones are. */
const LONGEST_BROKEN = 16;

/** Whether the piece that begins at `start` may go on after `at`: the one before it is at least as long. */
function isWithinPiece(bytes: Uint8Array, from: number, start: number, at: number): boolean {
  let length = at - start;
  let after = start;
  let alike = 0;
  let end = start - 1;
  for (let n = 0; n < NEAR && end > from; n++) {
    const before = lineStart(bytes, from, end);
    const shared = sharedWords(bytes, before, after, length);
    if (shared > 0) {
      const distance = after - before;
      if (alike > 0 ? length !== distance : length > distance) return false;
      if (distance - 1 - shared > LONGEST_BROKEN) return false;
      if (length < distance || isPiece(bytes, before, after, shared, length - 1)) return true;
      // Two pieces may be the same by chance, as in hasTwin.
      if (++alike > NUMBERS) return false;
      length = distance;
      after = before;
    }
    end = before - 1;
  }
  return false;
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

/** "12%" goes on as progress does, not as a value. */
function isMeasure(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== 0x25 || end - start > 6) return false;
  for (let i = start; i < end - 1; i++) if (!isDigit(bytes[i]) && bytes[i] !== 0x2e) return false;
  return true;
}
