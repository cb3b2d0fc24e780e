import { type Decoded, DecodedBuilder, without } from "../view.ts";
import { entity } from "./entities.ts";

/**
 * Undoes one layer of escapes, of all syntaxes at once: %41 (URLs), =41 and soft breaks (quoted-printable), &#65;
 * (HTML, XML), \x41 \u0041 \101 \n (C, JSON, shell, YAML). A wrong guess only makes a view in which nothing is found.
 * undefined = there is nothing to undo.
 */
export function decodeEscapes(bytes: Uint8Array): Decoded | undefined {
  if (!hasEscape(bytes)) return undefined;
  const out = new DecodedBuilder(bytes.length);
  let changed = false;
  let copied = 0;
  for (let i = 0; i < bytes.length; ) {
    if (IS_SIGN[bytes[i]!] === 0) {
      i++;
      continue;
    }
    out.addAll(bytes, copied, i);
    const end = decodeOne(bytes, i, out);
    changed ||= end > i;
    copied = end;
    i = Math.max(i + 1, end);
  }
  out.addAll(bytes, copied, bytes.length);
  return changed ? out.done() : undefined;
}

/**
 * Undoes quoted-printable alone: what it leaves as it is, such as %d2 in ascii85, may be a part of another encoding.
 * undefined = there are no other escapes, or none of its own.
 */
export function decodeQuotedPrintable(bytes: Uint8Array): Decoded | undefined {
  if (!bytes.includes(0x3d) || !OTHER_SIGNS.some((sign) => bytes.includes(sign))) return undefined;
  const out = new DecodedBuilder(bytes.length);
  let copied = 0;
  for (let at = bytes.indexOf(0x3d); at !== -1; at = bytes.indexOf(0x3d, Math.max(at + 1, copied))) {
    out.addAll(bytes, copied, at);
    copied = quotedPrintable(bytes, at, out);
  }
  out.addAll(bytes, copied, bytes.length);
  return out.length === bytes.length ? undefined : out.done();
}

/** Joins the lines that quoted-printable broke, which may be in the middle of another escape. undefined = there are none. */
export function withoutSoftBreaks(bytes: Uint8Array): Decoded | undefined {
  return without(bytes, 0x3d, softBreakEnd);
}

function softBreakEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] === 0x0a) return at + 2;
  return bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a ? at + 3 : 0;
}

function hasEscape(bytes: Uint8Array): boolean {
  return bytes.includes(0x3d) || OTHER_SIGNS.some((sign) => bytes.includes(sign));
}

const OTHER_SIGNS = [0x25, 0x26, 0x5c];
/** 1 for the bytes with which an escape begins: % & = \ */
export const IS_SIGN: Uint8Array = new Uint8Array(256);
for (const sign of [0x3d, ...OTHER_SIGNS]) IS_SIGN[sign] = 1;

/** Adds what the escape at `at` stands for and returns its end, or `at` if there is none. */
function decodeOne(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  switch (bytes[at]) {
    case 0x25:
      return percent(bytes, at, out);
    case 0x3d:
      return quotedPrintable(bytes, at, out);
    case 0x26:
      return htmlEntity(bytes, at, out);
    case 0x5c:
      return backslash(bytes, at, out);
    default:
      return at;
  }
}

function percent(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  if (bytes[at + 1] === 0x75) return unicode(bytes, at, at + 2, 4, 4, out);
  const byte = hexByte(bytes, at + 1);
  if (byte < 0) return at;
  out.add(byte, at, at + 3);
  return at + 3;
}

function quotedPrintable(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  const end = softBreakEnd(bytes, at);
  if (end > 0) return end;
  const byte = hexByte(bytes, at + 1);
  if (byte < 0) return at;
  out.add(byte, at, at + 3);
  return at + 3;
}

function htmlEntity(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  const limit = Math.min(bytes.length, at + 12);
  let end = at + 1;
  while (end < limit && bytes[end] !== 0x3b && isWord(bytes[end]!)) end++;
  const closed = bytes[end] === 0x3b;
  // Browsers take a number without its semicolon too.
  if (!closed && bytes[at + 1] !== 0x23) return at;
  const point = entity(Buffer.from(bytes.subarray(at + 1, end)).toString("latin1"));
  if (point === undefined) return at;
  if (closed) end++;
  out.addPoint(point, at, end);
  return end;
}

function isWord(byte: number): boolean {
  return byte === 0x23 || hexDigit(byte) >= 0 || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** What \a \b \e … stand for. */
const CONTROL = new Map(
  Object.entries({ a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 }).map(([letter, code]) => [
    letter.charCodeAt(0),
    code,
  ]),
);

function backslash(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  const next = bytes[at + 1];
  if (next === undefined) return at;
  if (next === 0x78) return hexEscape(bytes, at, out);
  if (next === 0x75) return unicodeEscape(bytes, at, 4, out);
  // In upper case, \u006f is \U006F.
  if (next === 0x55) return unicodeEscape(bytes, at, isPoint(hexNumber(bytes, at + 2, 8)) ? 8 : 4, out);
  if (next >= 0x30 && next <= 0x37) return octalEscape(bytes, at, out);
  out.add(CONTROL.get(next) ?? next, at, at + 2);
  return at + 2;
}

function hexEscape(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  if (bytes[at + 2] === 0x7b) return unicode(bytes, at, at + 3, 1, 6, out, 0x7d);
  const byte = hexByte(bytes, at + 2);
  if (byte < 0) return at;
  out.add(byte, at, at + 4);
  return at + 4;
}

function unicodeEscape(bytes: Uint8Array, at: number, digits: number, out: DecodedBuilder): number {
  if (bytes[at + 2] === 0x7b) return unicode(bytes, at, at + 3, 1, 6, out, 0x7d);
  const high = hexNumber(bytes, at + 2, digits);
  if (high < 0) return at;
  const end = at + 2 + digits;
  if (high >= 0xd800 && high < 0xdc00 && bytes[end] === 0x5c && bytes[end + 1] === 0x75) {
    const low = hexNumber(bytes, end + 2, 4);
    if (low >= 0xdc00 && low < 0xe000) {
      out.addPoint(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), at, end + 6);
      return end + 6;
    }
  }
  out.addPoint(high, at, end);
  return end;
}

function isPoint(number: number): boolean {
  return number >= 0 && number <= 0x10ffff;
}

function octalEscape(bytes: Uint8Array, at: number, out: DecodedBuilder): number {
  let value = 0;
  let end = at + 1;
  while (end < bytes.length && end < at + 4 && bytes[end]! >= 0x30 && bytes[end]! <= 0x37) {
    value = value * 8 + bytes[end]! - 0x30;
    end++;
  }
  out.add(value & 0xff, at, end);
  return end;
}

/** `min` to `max` hex digits from `start`, closed by `close` if given. */
function unicode(
  bytes: Uint8Array,
  at: number,
  start: number,
  min: number,
  max: number,
  out: DecodedBuilder,
  close?: number,
): number {
  let end = start;
  let point = 0;
  while (end < bytes.length && end < start + max && hexDigit(bytes[end]!) >= 0)
    point = point * 16 + hexDigit(bytes[end++]!);
  if (end - start < min || (close !== undefined && bytes[end] !== close)) return at;
  if (close !== undefined) end++;
  out.addPoint(point, at, end);
  return end;
}

function hexByte(bytes: Uint8Array, at: number): number {
  return hexNumber(bytes, at, 2);
}

function hexNumber(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const digit = i < bytes.length ? hexDigit(bytes[i]!) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
