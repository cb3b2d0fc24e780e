import { hmacSha256 } from "./hash.ts";
import { pae, u8 } from "./pae.ts";
import { keyBuffer, wipe } from "./wipe.ts";

/**
 * A key for one purpose, 32 bytes: HKDF-Expand(key, PAE(label)). Extract is left out because every key of ov1 is
 * already uniform, being random or Argon2's output (RFC 5869 §3.3). Anything shorter goes through `extract` first.
 */
export function deriveKey(key: Uint8Array, label: string): Buffer {
  return expand(key, pae(label), HASH_BYTES);
}

/** HKDF-Extract with SHA-256, RFC 5869 §2.2. */
export function extract(salt: Uint8Array, ikm: Uint8Array): Buffer {
  return hmacSha256(salt, ikm);
}

/**
 * HKDF-Expand with SHA-256, RFC 5869 §2.3. Written on HMAC, since Electron's crypto is BoringSSL and what it has of
 * Node's `hkdf` is not ours to know.
 */
export function expand(prk: Uint8Array, info: Uint8Array, length: number): Buffer {
  if (prk.length < HASH_BYTES) throw new RangeError("HKDF-Expand takes a key of at least 32 bytes.");
  if (!Number.isInteger(length) || length < 0 || length > 255 * HASH_BYTES) {
    throw new RangeError("HKDF-Expand gives 0 to 8,160 bytes.");
  }
  const okm = keyBuffer(length);
  let block: Buffer = Buffer.alloc(0);
  for (let offset = 0, i = 1; offset < length; offset += HASH_BYTES, i++) {
    const next = hmacSha256(prk, block, info, u8(i));
    wipe(block);
    block = next;
    okm.set(block.subarray(0, length - offset), offset);
  }
  wipe(block);
  return okm;
}

const HASH_BYTES = 32;
