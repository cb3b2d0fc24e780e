import { evidenceAfter, evidenceBefore } from "./escape-evidence.ts";
import { SYMBOL } from "./fold.ts";
import type { Tables } from "./inspect.ts";
import { isMirroredEscape } from "./mirrored-escapes.ts";
import { isNeedlePart } from "./needles.ts";
import { hexDigit } from "./views/escapes.ts";
import { hasSinglesBefore, LONGEST_TAG, splitsWord, splitsWordBackwards, startsTag } from "./views/markup.ts";
import { BASE64 } from "./views/radix.ts";
import { plainLetters } from "./views/unicode.ts";

/** Bytes that may begin something a decoder undoes. */
export const TRIGGER_BYTES: readonly number[] = [
  0x0a, 0x08, 0x25, 0x26, 0x3c, 0x3d, 0x5c, 0xe1, 0xe2, 0xef, 0xf0, 0xf3,
];

/**
 * Whether an escape, or a letter that Unicode folds to a plain one, stands at `at`, and either letters of a value
 * stand beside it or the next escape does; undefined if that depends on bytes after `end`.
 */
export function isTrigger(tables: Tables, bytes: Uint8Array, at: number, end: number): boolean | undefined {
  if (bytes[at] === 0x3c) {
    const splits = splitsWordBackwards(bytes, at, end);
    if (splits !== false) return splits;
  }
  const forwards = isForward(tables, bytes, at, end);
  if (forwards === true) return true;
  const mirrored = isMirroredEscape(tables.grams, bytes, at, end);
  return mirrored === false ? forwards : mirrored;
}

function isForward(tables: Tables, bytes: Uint8Array, at: number, end: number): boolean | undefined {
  const { grams: index, needles } = tables;
  const length = escapeLength(tables, bytes, at, end);
  if (length === undefined) return undefined;
  if (length === 0) return false;
  const dense =
    bytes[at] === 0x3c
      ? hasSinglesBefore(bytes, at) || splitsWord(bytes, at, end)
      : !isControl(bytes, at) && isDense(tables, bytes, at + length, end);
  if (dense === true || evidenceBefore(index, bytes, at) || isEncodedBefore(bytes, at)) return true;
  const after = evidenceAfter(index, bytes, at + length, end);
  if (after === true) return true;
  if (needles !== undefined) {
    if (at >= 3 && isNeedlePart(needles, bytes, at - 3)) return true;
    if (at + length + 3 > end) return undefined;
    if (isNeedlePart(needles, bytes, at + length)) return true;
    // The value's own backslash, which was doubled, and what follows it there.
    const last = lastBackslash(bytes, at);
    if (last > at && last + 3 > end) return undefined;
    if (last > at && isNeedlePart(needles, bytes, last)) return true;
  }
  return dense === undefined || after === undefined ? undefined : false;
}

/** More of them are no escape of a character. */
const MANY_BACKSLASHES = 16;

/** Of those that stand together at `at`; `at` itself if none stands there. */
function lastBackslash(bytes: Uint8Array, at: number): number {
  let last = at;
  while (last - at < MANY_BACKSLASHES && bytes[last] === 0x5c && bytes[last + 1] === 0x5c) last++;
  return last;
}

/** Base64 whose + / = were escaped: so many of its characters, of all kinds, stand before the escape. */
const MIN_ENCODED = 16;

function isEncodedBefore(bytes: Uint8Array, at: number): boolean {
  if (at < MIN_ENCODED) return false;
  let kinds = 0;
  for (let i = at - MIN_ENCODED; i < at; i++) {
    const byte = bytes[i]!;
    if (BASE64.digit[byte]! < 0) return false;
    kinds |= byte >= 0x61 ? 1 : byte >= 0x41 ? 2 : 4;
  }
  return kinds === 7;
}

const MAX_GAP = 5;

/** Whether another escape begins before so many letters and digits that they would tell. */
function isDense(tables: Tables, bytes: Uint8Array, from: number, end: number): boolean | undefined {
  let symbols = 0;
  let i = from;
  for (; i < end && i - from < 16 && (bytes[i]! > 0x20 || bytes[i] === 0x08); i++) {
    const length = escapeLength(tables, bytes, i, end);
    if (length === undefined) return undefined;
    if (length > 0) return !isControl(bytes, i);
    if (SYMBOL[bytes[i]!] !== 0 && ++symbols > MAX_GAP) return false;
  }
  return i >= end ? undefined : false;
}

/** \n and its like: they stand between words in all quoted text, so two of them side by side mean nothing. */
function isControl(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x5c) return bytes[at] === 0x0a;
  let i = at;
  while (bytes[i] === 0x5c) i++;
  return bytes[i]! >= 0x61 && bytes[i] !== 0x75 && bytes[i] !== 0x78;
}

/** 0 = no escape. An escape of an escape counts as one, so that the letters after it are the value's. */
function escapeLength(tables: Tables, bytes: Uint8Array, at: number, end: number): number | undefined {
  const next = at + 1 < end ? bytes[at + 1]! : undefined;
  switch (bytes[at]) {
    case 0x25:
      return next === undefined ? undefined : next === 0x75 ? 6 : hexEscape(bytes, at, end, 0x35);
    case 0x3d:
      return next === undefined ? undefined : quotedLength(bytes, at, end, next);
    case 0x26:
      return entityLength(bytes, at, end);
    case 0x5c:
      return backslashLength(tables, bytes, at, end);
    case 0x3c:
      return tagLength(bytes, at, end);
    case 0x08:
      return 1;
    default:
      return bytes[at]! < 0x80 ? 0 : foldableLength(tables, bytes, at, end);
  }
}

/** In quoted-printable the digits are upper case, which spares "sha=4f…". */
function quotedLength(bytes: Uint8Array, at: number, end: number, next: number): number | undefined {
  if (next === 0x0a || next === 0x0d) return 2;
  if (next >= 0x61 || (at + 2 < end && bytes[at + 2]! >= 0x61)) return 0;
  return hexEscape(bytes, at, end, 0x44);
}

/** %41, %2541, %252541; `self` is the second digit of the sign's own code. */
function hexEscape(bytes: Uint8Array, at: number, end: number, self: number): number | undefined {
  let i = at + 1;
  while (true) {
    if (i >= end) return undefined;
    if (hexDigit(bytes[i]!) < 0) return i === at + 1 ? 0 : i - at;
    if (i + 1 >= end) return undefined;
    if (hexDigit(bytes[i + 1]!) < 0) return i === at + 1 ? 0 : i - at;
    if (bytes[i + 1] !== self || i - at > 8) return i + 2 - at;
    i += 2;
  }
}

/** Of markup, as far as it is short. */
function tagLength(bytes: Uint8Array, at: number, end: number): number | undefined {
  for (let i = at + 1; i < end && i - at < LONGEST_TAG; i++) {
    if (i === at + 1 ? !startsTag(bytes[i]!) : bytes[i] === 0x3c || bytes[i] === 0x0a) return 0;
    if (bytes[i] === 0x3e) return i + 1 - at;
  }
  return end - at < LONGEST_TAG ? undefined : 0;
}

/** &lt; &#60; &amp;lt; &#60 */
function entityLength(bytes: Uint8Array, at: number, end: number): number | undefined {
  let length = 0;
  let i = at + 1;
  while (i < end && i - at < 24) {
    if (bytes[i] === 0x3b) length = i + 1 - at;
    else if (!isEntityByte(bytes[i]!)) return length === 0 && bytes[at + 1] === 0x23 && i > at + 3 ? i - at : length;
    if (length === i + 1 - at && bytes.subarray(i - 3, i).toString() !== AMP) return length;
    i++;
  }
  return i >= end && i - at < 24 ? undefined : length;
}

const AMP = new Uint8Array([0x61, 0x6d, 0x70]).toString();

function isEntityByte(byte: number): boolean {
  const lower = byte | 0x20;
  return byte === 0x23 || (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

/** What a backslash turns into something else: a b e f n r t v, and line breaks. Before others it just goes. */
const CONTROLS = [0x61, 0x62, 0x65, 0x66, 0x6e, 0x72, 0x74, 0x76, 0x0a, 0x0d];

/** % & of another escape. */
const SIGNS = [0x25, 0x26];

function backslashLength({ needles }: Tables, bytes: Uint8Array, at: number, end: number): number | undefined {
  let i = at + 1;
  while (i < end && bytes[i] === 0x5c && i - at < MANY_BACKSLASHES) i++;
  if (i >= end) return undefined;
  const next = bytes[i]!;
  if (next === 0x75) return i + 5 - at;
  if (next === 0x55) return i + 9 - at;
  if (next === 0x78) return i + 3 - at;
  if (next >= 0x30 && next <= 0x37) return i + 3 - at;
  // The skeleton drops a backslash before a sign, and its own that was doubled; a needle has the sign, and one backslash.
  const isLetter = SYMBOL[next] !== 0;
  if (needles !== undefined && next > 0x20 && next < 0x80 && (!isLetter || i - at > 1)) return i + 1 - at;
  return CONTROLS.includes(next) || SIGNS.includes(next) ? i + 1 - at : 0;
}

function foldableLength({ accents, needles }: Tables, bytes: Uint8Array, at: number, end: number): number | undefined {
  const lead = bytes[at]!;
  if (lead < 0xc0) return 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (length === 2 && !accents) return 0;
  for (let i = 1; i < length; i++) {
    if (at + i >= end) return undefined;
    if ((bytes[at + i]! & 0xc0) !== 0x80) return accents && hasLetter(lead) ? 1 : 0;
  }
  // Bytes of a value that were taken for Latin-1.
  if (length === 2 && lead <= 0xc3 && needles !== undefined) return 2;
  let point = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) point = (point << 6) | (bytes[at + i]! & 0x3f);
  return hasLetter(point) ? length : 0;
}

function hasLetter(point: number): boolean {
  return plainLetters(point).some((letter) => SYMBOL[letter] !== 0);
}
