import { escapeEnd } from "./ansi.ts";
import { CODE } from "./fold.ts";

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

export function lineStart(bytes: Uint8Array, from: number, end: number): number {
  return end <= from ? from : Math.max(from, bytes.lastIndexOf(0x0a, end - 1) + 1);
}

/** How many letters and digits there are; undefined = some stand together as in words. */
export function symbolsWithoutWords(bytes: Uint8Array, start: number, end: number): number | undefined {
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

export const LAST_LETTER = 26;

/** The first byte of a letter that isn't one of ours in another shape: Greek, Cyrillic, Chinese. */
function isForeign(byte: number): boolean {
  return (byte >= 0xc3 && byte < 0xe2) || (byte >= 0xe3 && byte < 0xef);
}

export const MAX_PREFIX = 80;
/** What stands behind the shared words of a line. */
export const LONGEST_PIECE = 80;

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

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
