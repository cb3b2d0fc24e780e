import * as zlib from "node:zlib";

/** What is found of compressed data. */
export type Unpacked =
  | { readonly kind: "content"; readonly bytes: Buffer }
  /** More than `most` bytes are in it. */
  | { readonly kind: "too large" }
  /** It is compressed or encrypted in a way that can't be undone here, or damaged. */
  | { readonly kind: "closed" };

/**
 * The content of compressed data, wherever in `bytes` it begins, by the bytes that it begins with: gzip (RFC 1952),
 * zlib (RFC 1950: objects and packs of git, texts of PNG, streams of PDF), entries of zip, and zstd where Node has it.
 * Also of what was cut off, and whatever stands behind it. Not found: deflate without a header of any kind, and the pixels
 * of PNG. `most` is asked before each.
 */
export function* unpackedIn(bytes: Buffer, most: () => number): Generator<Unpacked> {
  for (let at = 0; at < bytes.length; ) {
    const found = MAY_BEGIN[bytes[at]!] === 0 ? undefined : findAt(bytes, at);
    if (found === undefined) {
      at++;
      continue;
    }
    const limit = most();
    if (limit <= 0) return;
    const { unpacked, next } = open(bytes, found, limit);
    if (unpacked !== undefined) yield unpacked;
    at = Math.max(at + 1, next ?? 0);
  }
}

/** Whether it is one of these from its first byte on: as many layers were undone as ever are. */
export function isPacked(bytes: Buffer): boolean {
  return findAt(bytes, 0)?.sure === true;
}

interface Found {
  readonly method: "deflate" | "zstd" | "none";
  /** Where the compressed bytes begin. */
  readonly start: number;
  /** It was told by so many bytes that it is no accident. */
  readonly sure: boolean;
}

function findAt(bytes: Buffer, at: number): Found | undefined {
  if (CLOSED.some((magic) => startsAt(bytes, at, magic))) return CLOSED_DATA;
  if (at === 0 && CLOSED_FILES.some((magic) => startsAt(bytes, at, magic))) return CLOSED_DATA;
  if (startsAt(bytes, at, ZSTD)) return { method: "zstd", start: at, sure: at === 0 };
  return gzipAt(bytes, at) ?? zipAt(bytes, at) ?? zlibAt(bytes, at);
}

function gzipAt(bytes: Buffer, at: number): Found | undefined {
  const flags = bytes[at + 3]!;
  if (!startsAt(bytes, at, GZIP) || at + 18 > bytes.length || flags > 0x1f) return undefined;
  let start = at + 10;
  if (flags & 4) start += 2 + bytes.readUInt16LE(start);
  for (const named of [8, 16]) if (flags & named) start = bytes.indexOf(0, start) + 1 || bytes.length;
  if (flags & 2) start += 2;
  // Other values of these two are nobody's.
  const sure = [0, 2, 4].includes(bytes[at + 8]!) && (bytes[at + 9]! <= 13 || bytes[at + 9] === 255);
  return { method: "deflate", start, sure };
}

/** A file in a zip archive: APPNOTE.TXT, 4.3.7. */
function zipAt(bytes: Buffer, at: number): Found | undefined {
  if (!startsAt(bytes, at, ZIP) || at + 30 > bytes.length) return undefined;
  const isEncrypted = (bytes.readUInt16LE(at + 6) & 1) !== 0;
  const method = bytes.readUInt16LE(at + 8);
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  if (isEncrypted) return CLOSED_DATA;
  if (method === STORED) return undefined; // stands there as it is
  return { method: method === DEFLATED ? "deflate" : method === ZSTANDARD ? "zstd" : "none", start, sure: true };
}

const STORED = 0;
const DEFLATED = 8;
const ZSTANDARD = 93;

function zlibAt(bytes: Buffer, at: number): Found | undefined {
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  if ((first & 0x8f) !== 8 || ((first << 8) | second) % 31 !== 0 || (second & 0x20) !== 0) return undefined;
  // Pixels are no text, and take longer than all the rest.
  if (at >= 4 && startsAt(bytes, at - 4, PIXELS)) return undefined;
  // A text has such a pair of letters every few lines.
  if (bytes.subarray(at + 2, at + 18).every((byte) => byte < 0x7f && (byte >= 0x20 || (byte >= 9 && byte <= 13)))) {
    return undefined;
  }
  return mayBeDeflate(bytes, at + 2) ? { method: "deflate", start: at + 2, sure: false } : undefined;
}

/** Two bytes fit often by accident; most of those accidents end here (RFC 1951 §3.2). */
function mayBeDeflate(bytes: Buffer, at: number): boolean {
  if (at + 4 >= bytes.length) return at < bytes.length;
  const first = bytes[at]!;
  switch ((first >> 1) & 3) {
    case 0:
      return (bytes.readUInt16LE(at + 1) ^ bytes.readUInt16LE(at + 3)) === 0xffff;
    case 2:
      return first >> 3 < 30 && (bytes[at + 1]! & 31) < 30;
    case 3:
      return false;
    default:
      return true;
  }
}

function open(bytes: Buffer, { method, start, sure }: Found, limit: number): { unpacked?: Unpacked; next?: number } {
  const rest = bytes.subarray(start);
  try {
    switch (method) {
      case "none":
        return { unpacked: { kind: "closed" } };
      case "zstd":
        if (zlib.zstdDecompressSync === undefined) return { unpacked: { kind: "closed" } };
        return content(zlib.zstdDecompressSync(rest, { maxOutputLength: limit }));
      case "deflate": {
        // Its checksum doesn't matter, nor whether its end is there.
        const options = { maxOutputLength: limit, finishFlush: zlib.constants.Z_SYNC_FLUSH, info: true } as const;
        const { buffer, engine } = zlib.inflateRawSync(rest, options) as unknown as WithInfo;
        const next = engine.bytesWritten < rest.length ? start + engine.bytesWritten : undefined;
        return { ...content(buffer), ...(next === undefined ? {} : { next }) };
      }
    }
  } catch (error) {
    if (error instanceof RangeError) return { unpacked: { kind: "too large" } };
    return sure ? { unpacked: { kind: "closed" } } : {};
  }
}

/** What `info` makes of the result, which Node's types don't say. */
interface WithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function content(bytes: Buffer): { unpacked?: Unpacked } {
  return bytes.length === 0 ? {} : { unpacked: { kind: "content", bytes } };
}

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
const GZIP = Buffer.from([0x1f, 0x8b, 8]);
const ZIP = latin1("PK\x03\x04");
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** xz, 7z, rar; bzip2 with the number that each of its blocks begins with. */
const CLOSED: readonly Buffer[] = [
  ...[latin1("\xfd7zXZ\0"), latin1("7z\xbc\xaf\x27\x1c"), latin1("Rar!\x1a\x07")],
  ...Array.from("123456789", (level) => latin1(`BZh${level}1AY&SY`)),
];
/** At the beginning of a file only: lz4, lzip, compress, LZMA; age, OpenSSL, PGP. */
const CLOSED_FILES = [
  ...[Buffer.from([0x04, 0x22, 0x4d, 0x18]), latin1("LZIP"), Buffer.from([0x1f, 0x9d]), latin1("\x5d\0\0")],
  ...[latin1("age-encryption.org/v1\n"), latin1("-----BEGIN AGE ENCRYPTED FILE-----"), latin1("Salted__")],
  latin1("-----BEGIN PGP MESSAGE-----"),
];
/** The chunk of a PNG that has its pixels. */
const PIXELS = latin1("IDAT");
const CLOSED_DATA: Found = { method: "none", start: 0, sure: true };

/** By its first byte; the others are passed over at once. */
const MAY_BEGIN = new Uint8Array(256);
for (const magic of [GZIP, ZIP, ZSTD, ...CLOSED, ...CLOSED_FILES]) MAY_BEGIN[magic[0]!] = 1;
for (let first = 8; first < 0x80; first += 16) MAY_BEGIN[first] = 1;

function startsAt(bytes: Buffer, at: number, magic: Buffer): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic[i]) return false;
  return true;
}
