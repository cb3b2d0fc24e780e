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
      out.add(lead, i, i + 1);
      i++;
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
  const folded =
    point > 0x10ffff
      ? ""
      : String.fromCodePoint(point)
          .normalize("NFKD")
          .replace(/[^!-~]/g, "");
  const letters = folded.length === 0 ? NONE : new Uint8Array(Buffer.from(folded, "latin1"));
  if (CACHE.size < 4096) CACHE.set(point, letters);
  return letters;
}
