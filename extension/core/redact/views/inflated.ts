import * as zlib from "node:zlib";
import type { Decoded } from "../view.ts";

/** A small run can stand for a gigabyte: what is beyond this is not searched. */
const MAX_OUTPUT = 1 << 20;
const MIN_INPUT = 8;

/** The content of compressed data, as far as it can be read. All of it comes from the whole of the input. */
export function inflated(input: Decoded): Decoded[] {
  const { bytes } = input;
  if (bytes.length < MIN_INPUT) return [];
  const text = inflate(bytes);
  if (text === undefined || text.length === 0) return [];
  const lo = new Int32Array(text.length).fill(input.lo[0]!);
  const hi = new Int32Array(text.length).fill(input.hi[bytes.length - 1]!);
  return [{ bytes: text, lo, hi }];
}

const MAX_PLACES = 8;

/** The content of gzip, zip and zstd data anywhere in `bytes`, as in the bytes of a dump. */
export function compressedIn(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const magic of [GZIP, ZIP, ZSTD]) {
    let at = text.indexOf(magic);
    for (let count = 0; at !== -1 && count < MAX_PLACES; count++) {
      const from = at;
      const part = bytes.subarray(from);
      const lo = Int32Array.from(part, (_, i) => from + i);
      views.push(...inflated({ bytes: part, lo, hi: lo.map((place) => place + 1) }));
      at = text.indexOf(magic, at + 1);
    }
  }
  return views;
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const ZIP = Buffer.from("PK\x03\x04", "latin1");
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Whether gzip, zip or zstd data begin somewhere. */
export function isCompressed(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [GZIP, ZIP, ZSTD].some((magic) => text.includes(magic));
}

function startsWith(bytes: Uint8Array, magic: Buffer): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Of the first file of a zip; 8 = deflated, 0 = stored, which the search of the bytes themselves finds. */
function unzip(bytes: Uint8Array, options: Parameters<typeof zlib.inflateRawSync>[1]): Uint8Array | undefined {
  const header = Buffer.from(bytes.subarray(0, 30));
  if (header.length < 30 || header.readUInt16LE(8) !== 8) return undefined;
  return zlib.inflateRawSync(bytes.subarray(30 + header.readUInt16LE(26) + header.readUInt16LE(28)), options);
}

function inflate(bytes: Uint8Array): Uint8Array | undefined {
  const options = { maxOutputLength: MAX_OUTPUT, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return zlib.gunzipSync(bytes, options);
    if ((bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0) return zlib.inflateSync(bytes, options);
    if (startsWith(bytes, ZIP)) return unzip(bytes, options);
    // Not in every Node that this runs on (22.15 and later have it).
    if (startsWith(bytes, ZSTD)) return zlib.zstdDecompressSync?.(bytes, { maxOutputLength: MAX_OUTPUT });
    const type = (bytes[0]! >> 1) & 3;
    if (type === 1 || type === 2) return zlib.inflateRawSync(bytes, options);
  } catch {
    // Not compressed after all, cut off too early, or a bomb.
  }
  return undefined;
}
