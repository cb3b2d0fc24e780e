import { keyBuffer } from "../crypto/wipe.ts";

/**
 * `u32 length | bytes | zeros` to a power of two, at least `smallest`, so that the stored size tells little.
 * The result is the caller's to wipe.
 */
export function pad(bytes: Uint8Array, smallest: number): Buffer {
  let size = smallest;
  while (size < bytes.length + 4) size *= 2;
  const padded = keyBuffer(size);
  padded.writeUInt32BE(bytes.length);
  padded.set(bytes, 4);
  return padded;
}

/** The bytes inside, as a view; undefined when the padding is not what `pad` writes. */
export function unpad(padded: Buffer): Buffer | undefined {
  if (padded.length < 4) return undefined;
  const length = padded.readUInt32BE();
  if (length > padded.length - 4) return undefined;
  for (let at = 4 + length; at < padded.length; at++) if (padded[at] !== 0) return undefined;
  return padded.subarray(4, 4 + length);
}
