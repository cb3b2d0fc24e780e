import { createHash, hash as hashOnce, timingSafeEqual } from "node:crypto";
import { keyBuffer, wipe } from "./wipe.ts";

/** SHA-256 of the parts in a row. Where one part ends is not part of the hash: for more than one, hash a `pae`. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const [only] = parts;
  // For short inputs a third of the time.
  if (only !== undefined && parts.length === 1) return hashOnce("sha256", only, "buffer");
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * HMAC-SHA256 of the parts in a row, in a Buffer of its own; the same warning as for `sha256`. By two hashes (RFC 2104)
 * and not by createHmac, which takes twice as long for short inputs: a sealed call has ten of them.
 */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const short = key.length > BLOCK ? sha256(key) : key;
  const length = parts.reduce((sum, part) => sum + part.length, BLOCK);
  const input = length > SCRATCH.length ? keyBuffer(length) : SCRATCH.subarray(0, Math.max(length, BLOCK + 32));
  for (let at = 0; at < BLOCK; at++) input[at] = (short[at] ?? 0) ^ 0x36;
  let end = BLOCK;
  for (const part of parts) {
    input.set(part, end);
    end += part.length;
  }
  const inner = sha256(input.subarray(0, length));
  for (let at = 0; at < BLOCK; at++) input[at] = (short[at] ?? 0) ^ 0x5c;
  input.set(inner, BLOCK);
  const mac = sha256(input.subarray(0, BLOCK + 32));
  wipe(input, inner);
  if (short !== key) wipe(short);
  return mac;
}

/** Bytes that SHA-256 takes at a time. */
const BLOCK = 64;
/** Empty but within one call. A buffer for each would take longer than the hashes. */
const SCRATCH = keyBuffer(1024);

/** Compares in a time that tells nothing of the contents. Other lengths are just not equal: lengths are public here. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
