import { looksDeflated } from "./deflate-signature.ts";
import { BASE32, BASE64, digitsBetween, HEX, type Radix, saysText } from "./views/radix.ts";

/** Shorter runs hold too little to be worth a look. */
export const MIN_ENCODED = 20;
const MIN_BITS = 50;
/** So many characters hold enough text, wherever it begins. */
const MIN_HEX = 28;
const MIN_BASE32 = 23;

/**
 * Adds a place in each run of base64, hex or base32 characters between `from` and `to` that says something printable, or
 * that begins like compressed data. Hashes, identifiers and paths don't, so they need not be decoded.
 */
export function encodedPlaces(
  bytes: Uint8Array,
  from: number,
  to: number,
  places: number[],
  compressed: Compressed = isCompressed,
): void {
  const { digit } = BASE64;
  // A run that is long enough holds one of any places that are so far apart.
  for (let i = from + MIN_ENCODED - 1; i < to; i += MIN_ENCODED) {
    if (digit[bytes[i]!]! < 0) continue;
    let start = i;
    while (start > from && digit[bytes[start - 1]!]! >= 0) start--;
    while (i + 1 < to && digit[bytes[i + 1]!]! >= 0) i++;
    if (i + 1 - start < MIN_ENCODED) continue;
    if (says(bytes, start, i + 1, compressed)) places.push(i);
  }
}

/** Whether a run between `start` and `end` says something. Which characters there are tells for most runs, words and hashes, that they need not be decoded. */
export function says(bytes: Uint8Array, start: number, end: number, compressed: Compressed = isCompressed): boolean {
  let kinds = 0;
  let hex = 0;
  let hexRuns = 0;
  let base32 = 0;
  let base32Runs = 0;
  let rotated = 0;
  let rotatedRuns = 0;
  for (let i = start; i < end; i++) {
    const kind = KINDS[bytes[i]!]!;
    kinds |= kind;
    hex = (hex + 1) & -((kind >> 2) & 1);
    hexRuns |= hex;
    base32 = (base32 + 1) & -((kind >> 3) & 1);
    base32Runs |= base32;
    rotated = (rotated + 1) & -((kind >> 4) & 1);
    rotatedRuns |= rotated;
  }
  return (
    (((kinds & 2) !== 0 || isFullWidth(bytes, start)) &&
      (compressed(bytes, start, end, (kinds & 32) !== 0) || saysIn(bytes, start, end, BASE64))) ||
    (hexRuns >= MIN_HEX && (isBitString(bytes, start, end) || saysIn(bytes, start, end, HEX))) ||
    ((hexRuns >= MIN_HEX || rotatedRuns >= MIN_HEX) && isHexGzip(bytes, start, end)) ||
    (base32Runs >= MIN_BASE32 && saysIn(bytes, start, end, BASE32))
  );
}

/** Full-width letters are each four characters with "77" at their beginning, and may have no upper case among them. */
function isFullWidth(bytes: Uint8Array, start: number): boolean {
  for (let i = start; i < start + 4; i++) {
    if (bytes[i] === 0x37 && bytes[i + 1] === 0x37 && bytes[i + 4] === 0x37 && bytes[i + 5] === 0x37) return true;
  }
  return false;
}

/** Bits: lower case, upper case, hex, base32, hex after rot13, the first of a magic. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = byte >= 0x61 && byte <= 0x7a ? 1 : byte >= 0x41 && byte <= 0x5a ? 2 : 0;
  const bits = (HEX.digit[byte]! < 0 ? 0 : 4) | (BASE32.digit[byte]! < 0 ? 0 : 8) | (isRotatedHex(byte) ? 16 : 0);
  return letter | bits | (byte === 0x48 || byte === 0x55 || byte === 0x4b ? 32 : 0);
});

function isRotatedHex(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x6e && lower <= 0x73);
}

/** How gzip data begin in hex, also backwards and rotated: with a 1 or an 8. */
const GZIP_HEX = ["1f8b08", "80b8f1", "1s8o08"].map((text) => Buffer.from(text));
const GZIP_LENGTH = 6;

function isHexGzip(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i + GZIP_LENGTH <= end; i++) {
    if (bytes[i] !== 0x31 && bytes[i] !== 0x38) continue;
    for (const magic of GZIP_HEX) {
      let same = 0;
      while (same < GZIP_LENGTH && (bytes[i + same]! | 0x20) === magic[same]) same++;
      if (same === GZIP_LENGTH) return true;
    }
  }
  return false;
}

/** Fifty binary digits: six bytes. */
function isBitString(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < MIN_BITS) return false;
  for (let i = end - MIN_BITS; i < end; i++) if (bytes[i] !== 0x30 && bytes[i] !== 0x31) return false;
  return true;
}

/** Each stretch of the alphabet's characters is tried from each of a group's on. */
function saysIn(bytes: Uint8Array, start: number, end: number, radix: Radix): boolean {
  const { digit, width, group, minText } = radix;
  for (let i = start; i < end; i++) {
    const first = i;
    while (i < end && digit[bytes[i]!]! >= 0) i++;
    if ((i - first) * width < minText * 8) continue;
    const digits = digitsBetween(bytes, first, i, radix);
    for (let phase = 0; phase < group; phase++) if (saysText(digits, phase, i - first, radix)) return true;
  }
  return false;
}

/** Whether base64 may begin like compressed data; only if `magic` it has a character that a magic begins with. */
type Compressed = (bytes: Uint8Array, start: number, end: number, magic: boolean) => boolean;

/** zlib's two bytes make eJ, eA, eF or eN and a third character; raw deflate has a complete code. */
function isCompressed(bytes: Uint8Array, start: number, end: number, magic: boolean): boolean {
  if (hasMagic(bytes, start, end, magic)) return true;
  if (goesOn(bytes, start)) return false;
  if (looksDeflated(bytes, start, end)) return true;
  return bytes[start] === 0x65 && ZLIB_SECOND.includes(bytes[start + 1]!);
}

const ZLIB_SECOND = [..."JAFN"].map((char) => char.charCodeAt(0));

/** In base64, gzip is H4sI, zip UEsDB and zstd KLUv. */
export function hasMagic(bytes: Uint8Array, start: number, end: number, magic: boolean): boolean {
  if (!magic) return false;
  for (let i = start; i + 8 < end; i++) {
    const [second, third] = [bytes[i + 1]!, bytes[i + 2]!];
    switch (bytes[i]) {
      case 0x48:
        if (second === 0x34 && third === 0x73 && bytes[i + 3] === 0x49) return true;
        break;
      case 0x55:
        if (second === 0x45 && third === 0x73 && bytes[i + 3] === 0x44 && bytes[i + 4] === 0x42) return true;
        break;
      case 0x4b:
        if (second === 0x4c && third === 0x55 && bytes[i + 3] === 0x76) return true;
    }
  }
  return false;
}

/** The run began before `start`, perhaps in the line before if that ends with a run too. */
function goesOn(bytes: Uint8Array, start: number): boolean {
  let at = start - 1;
  if (bytes[at] === 0x0a) at -= bytes[at - 1] === 0x0d ? 2 : 1;
  const needed = at === start - 1 ? 1 : MIN_ENCODED;
  let length = 0;
  while (length < needed && at >= length && BASE64.digit[bytes[at - length]!]! >= 0) length++;
  return length === needed;
}
