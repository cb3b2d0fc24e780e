import { createHash, createHmac, hash as hashOnce, timingSafeEqual } from "node:crypto";
import { withoutStackTraces } from "./without-stack-traces.ts";

/** SHA-256 of the parts in a row. Where one part ends is not part of the hash: for more than one, hash a `pae`. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const [only] = parts;
  // For short inputs a third of the time.
  if (only !== undefined && parts.length === 1) return hashOnce("sha256", only, "buffer");
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** HMAC-SHA256 of the parts in a row, in a Buffer of its own; the same warning as for `sha256`. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = withoutStackTraces(() => createHmac("sha256", key));
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Compares in a time that tells nothing of the contents. Other lengths are just not equal: lengths are public here. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
