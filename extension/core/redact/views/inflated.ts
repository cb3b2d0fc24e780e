import { constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
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

function inflate(bytes: Uint8Array): Uint8Array | undefined {
  const options = { maxOutputLength: MAX_OUTPUT, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, options);
    if ((bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0) return inflateSync(bytes, options);
    const type = (bytes[0]! >> 1) & 3;
    if (type === 1 || type === 2) return inflateRawSync(bytes, options);
  } catch {
    // Not compressed after all, cut off too early, or a bomb.
  }
  return undefined;
}
