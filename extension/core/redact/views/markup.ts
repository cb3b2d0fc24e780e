import { CODE } from "../fold.ts";
import { isDigit } from "../lines.ts";
import { type Decoded, without } from "../view.ts";

/** A longer one holds more than the name of a highlight. */
export const LONGEST_TAG = 64;

/** The text without its tags: "sk_live_<em>51H</em>xYz". undefined = there are none. */
export function withoutTags(bytes: Uint8Array): Decoded | undefined {
  return without(bytes, 0x3c, tagEnd);
}

function tagEnd(bytes: Uint8Array, at: number): number {
  if (at + 1 >= bytes.length || !startsTag(bytes[at + 1]!)) return 0;
  let name = at + 2;
  while (name < bytes.length && isNameCharacter(bytes[name]!)) name++;
  if (!AFTER_NAME.includes(bytes[name]!)) return 0;
  for (let i = name; i < bytes.length && i - at < LONGEST_TAG; i++) {
    if (bytes[i] === 0x3c || bytes[i] === 0x0a) return 0;
    if (bytes[i] === 0x3e) return i + 1;
  }
  return 0;
}

/** As in "<h1>", "<my-tag>", "<svg:a>"; in "<E'[#L>" of another encoding there are other signs. */
function isNameCharacter(byte: number): boolean {
  return CODE[byte] !== 0 || byte === 0x2d || byte === 0x3a;
}

const AFTER_NAME = [..." \t/>"].map((char) => char.charCodeAt(0));

/** What is marked in the middle of a word is no longer than this. */
const LONGEST_MARKED = 24;
const LONGEST_WORD = 12;

/**
 * Whether the tag at `at` marks something in the middle of a word, and the word so far or what is marked has a digit, or
 * the word goes on: "sk_l1v<em>e_51H</em>xYz". undefined = that depends on bytes after `end`.
 */
export function splitsWord(bytes: Uint8Array, at: number, end: number): boolean | undefined {
  const close = marksUntil(bytes, at, end);
  if (close === undefined || close === 0) return close === undefined ? undefined : false;
  return hasDigit(bytes, at, close) || goesOn(bytes, at, close, end);
}

function hasDigit(bytes: Uint8Array, at: number, close: number): boolean {
  if (CODE[bytes[at - 1]!] === 0) return false;
  for (let i = at - 1; i >= 0 && at - i <= LONGEST_WORD && CODE[bytes[i]!] !== 0; i--)
    if (isDigit(bytes[i]!)) return true;
  for (let i = tagEnd(bytes, at); i < close; i++) if (isDigit(bytes[i]!)) return true;
  return false;
}

/** Of letters and signs on both sides, so many make one word of what stands there. */
const BESIDE = 3;

function goesOn(bytes: Uint8Array, at: number, close: number, end: number): boolean | undefined {
  if (at < BESIDE || isTagEnd(bytes, at - 1)) return false;
  for (let i = at - BESIDE; i < at; i++) if (bytes[i]! <= 0x20) return false;
  const after = tagEnd(bytes.subarray(0, end), slashOf(bytes, close) - 1);
  if (after === 0) return end - close < LONGEST_TAG && isOneLine(bytes, close, end) ? undefined : false;
  for (let i = after; i < after + BESIDE; i++) {
    if (i >= end) return undefined;
    if (bytes[i]! <= 0x20) return false;
  }
  return bytes[after] !== 0x3c || !startsTag(bytes[after + 1]!);
}

function isTagEnd(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x3e) return false;
  for (let i = at - 1; i >= 0 && at - i < LONGEST_TAG; i--) {
    if (bytes[i] === 0x0a || bytes[i] === 0x3e) return false;
    if (bytes[i] === 0x3c) return startsTag(bytes[i + 1]!);
  }
  return false;
}

/** The same where the text runs backwards and the closing tag ends at `at`: "zYx>me/<H15_e>me<v1l_ks". */
export function splitsWordBackwards(bytes: Uint8Array, at: number, end: number): boolean | undefined {
  if (bytes[at - 1] !== 0x2f) return false;
  const first = Math.max(0, at - LONGEST_WORD);
  const last = Math.min(end, at + LONGEST_MARKED + LONGEST_TAG + LONGEST_WORD);
  const forwards = bytes.subarray(first, last).toReversed();
  for (let i = forwards.indexOf(0x3c); i !== -1; i = forwards.indexOf(0x3c, i + 1)) {
    if (splitsWord(forwards, i, forwards.length) === true) return true;
  }
  return last === end && isOneLine(bytes, at, end) ? undefined : false;
}

/**
 * Where the closing tag begins, if what begins at `at` opens a mark of a few characters right behind others; else 0.
 * undefined = that depends on bytes after `end`.
 */
export function marksUntil(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (at === 0 || bytes[at - 1]! <= 0x20 || bytes[at + 1] === 0x2f) return 0;
  const open = tagEnd(bytes.subarray(0, end), at);
  if (open === 0) return end - at < LONGEST_TAG && isOneLine(bytes, at, end) ? undefined : 0;
  const close = bytes.indexOf(0x3c, open);
  if (close === -1 || close + 1 >= end)
    return end - open <= LONGEST_MARKED && isOneLine(bytes, open, end) ? undefined : 0;
  const slash = slashOf(bytes, close);
  if (slash >= end) return isOneLine(bytes, open, end) ? undefined : 0;
  const isClosed = close > open && close - open <= LONGEST_MARKED && bytes[slash] === 0x2f;
  return isClosed && isOneLine(bytes, open, close) ? close : 0;
}

/** Where the slash of a closing tag stands: in JSON it may be <\/em>. */
function slashOf(bytes: Uint8Array, close: number): number {
  return close + 1 + +(bytes[close + 1] === 0x5c);
}

function isOneLine(bytes: Uint8Array, start: number, end: number): boolean {
  return !bytes.subarray(start, end).includes(0x0a);
}

/** A letter or a slash. */
export function startsTag(byte: number): boolean {
  const lower = byte | 0x20;
  return byte === 0x2f || (lower >= 0x61 && lower <= 0x7a);
}

const MIN_SINGLES = 4;

/** Whether the tags before `at` have hardly more than a character between them: "<b>s</b><b>k</b>". */
export function hasSinglesBefore(bytes: Uint8Array, at: number): boolean {
  let i = at;
  for (let singles = 0; singles < MIN_SINGLES; ) {
    if (bytes[i - 1] === 0x3e) {
      const end = i;
      while (i > 0 && end - i < LONGEST_TAG && bytes[i - 1] !== 0x3c) i--;
      if (i === 0 || end - i >= LONGEST_TAG) return false;
      i--;
    } else if (i > 1 && bytes[i - 2] === 0x3e) {
      singles++;
      i--;
    } else return false;
  }
  return true;
}
