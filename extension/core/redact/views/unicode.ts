import { type Decoded, DecodedBuilder } from "../view.ts";

/**
 * Full-width, mathematical, circled and accented letters as the plain letters that they stand for; characters that
 * have none disappear. Bytes that are no UTF-8 are taken as Latin-1. undefined = all of it is ASCII.
 */
export function foldUnicode(bytes: Uint8Array): Decoded | undefined {
  let first = 0;
  while (first < bytes.length && bytes[first]! < 0x80) first++;
  if (first === bytes.length) return undefined;
  const out = new DecodedBuilder(bytes.length);
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      let end = i + 1;
      while (end < bytes.length && bytes[end]! < 0x80) end++;
      out.addAll(bytes, i, end);
      i = end;
      continue;
    }
    const length = sequenceLength(bytes, i);
    const point = length === 0 ? lead : pointAt(bytes, i, length);
    const end = i + Math.max(1, length);
    for (const letter of plainLetters(point)) out.add(letter, i, end);
    i = end;
  }
  return out.done();
}

/** The text without the characters that nobody sees, all others as they are. undefined = there are none. */
export function withoutInvisible(bytes: Uint8Array): Decoded | undefined {
  if (!bytes.includes(0xe2) && !bytes.includes(0xef) && !bytes.includes(0xc2)) return undefined;
  let out: DecodedBuilder | undefined;
  let copied = 0;
  for (let i = 0; i < bytes.length; ) {
    const end = bytes[i]! < 0x80 ? i : invisibleEnd(bytes, i);
    if (end > i) {
      out ??= new DecodedBuilder(bytes.length);
      out.addAll(bytes, copied, i);
      copied = end;
    }
    i = Math.max(i + 1, end);
  }
  out?.addAll(bytes, copied, bytes.length);
  return out?.done();
}

/** Zero-width spaces and joiners, direction marks, soft hyphens, byte order marks. */
function invisibleEnd(bytes: Uint8Array, at: number): number {
  const [lead, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]!];
  if (lead === 0xe2 && second === 0x80) return (third & 0xf8) === 0x88 && third >= 0x8b ? at + 3 : at;
  if (lead === 0xe2 && second === 0x81) return third >= 0xa0 && third <= 0xa4 ? at + 3 : at;
  if (lead === 0xef) return second === 0xbb && third === 0xbf ? at + 3 : at;
  return lead === 0xc2 && second === 0xad ? at + 2 : at;
}

const MIN_PAIRS = 4;

/** Bytes that somebody took for Latin-1 and wrote as UTF-8, as they were. undefined = hardly any. */
export function latin1Bytes(bytes: Uint8Array): Decoded | undefined {
  if (!bytes.includes(0xc2) && !bytes.includes(0xc3)) return undefined;
  let pairs = 0;
  for (let i = 0; i + 1 < bytes.length && pairs < MIN_PAIRS; i++) if (isLatin1Pair(bytes, i)) pairs++;
  if (pairs < MIN_PAIRS) return undefined;
  const out = new DecodedBuilder(bytes.length);
  for (let i = 0; i < bytes.length; ) {
    const length = isLatin1Pair(bytes, i) ? 2 : 1;
    out.add(length === 2 ? ((bytes[i]! & 3) << 6) | (bytes[i + 1]! & 0x3f) : bytes[i]!, i, i + length);
    i += length;
  }
  return out.done();
}

function isLatin1Pair(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] === 0xc2 || bytes[at] === 0xc3) && (bytes[at + 1]! & 0xc0) === 0x80;
}

/** 0 = not the start of a well-formed sequence. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length =
    lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function pointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = bytes[at]! & (0x7f >> length);
  for (let i = 1; i < length; i++) point = (point << 6) | (bytes[at + i]! & 0x3f);
  return point;
}

const CACHE = new Map<number, Uint8Array>();
const NONE = new Uint8Array(0);

export function plainLetters(point: number): Uint8Array {
  const cached = CACHE.get(point);
  if (cached !== undefined) return cached;
  // Unicode's invisible tags mirror ASCII.
  const isTag = point > 0xe0020 && point < 0xe007f;
  const folded = isTag
    ? String.fromCharCode(point - 0xe0000)
    : point > 0x10ffff
      ? ""
      : String.fromCodePoint(point)
          .normalize("NFKD")
          .replace(/[^!-~]/g, "");
  const letters = folded.length === 0 ? NONE : new Uint8Array(Buffer.from(folded, "latin1"));
  if (CACHE.size < 4096) CACHE.set(point, letters);
  return letters;
}
