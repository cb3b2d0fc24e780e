import { createCipheriv, createDecipheriv } from "node:crypto";
import { wipe } from "./wipe.ts";
import { withoutStackTraces } from "./without-stack-traces.ts";

/**
 * AES-256-GCM: ciphertext, then the 16-byte tag. A pair of key and nonce must never be used twice: it would give away
 * the authentication key. Random nonces are safe for 2^32 uses of one key (NIST SP 800-38D §8.3), so every record has
 * a key of its own.
 */
export function seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  requireLengths(key, nonce);
  const cipher = withoutStackTraces(() => createCipheriv("aes-256-gcm", key, nonce, GCM)).setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext in a Buffer of its own, to be wiped; undefined = not authentic, and nothing says why (no oracle). */
export function open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  requireLengths(key, nonce);
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = withoutStackTraces(() => createDecipheriv("aes-256-gcm", key, nonce, GCM)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plaintext;
  } catch {
    // The only thing final() checks in GCM is the tag. What was decrypted is not to be trusted, nor to be left behind.
    wipe(plaintext);
    return undefined;
  }
}

const TAG_BYTES = 16;
const GCM = { authTagLength: TAG_BYTES };

/** GCM would take other nonce lengths, and hash them: one more way to a collision, so they are refused. */
function requireLengths(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length !== 32) throw new RangeError("AES-256-GCM takes a key of 32 bytes.");
  if (nonce.length !== 12) throw new RangeError("AES-256-GCM takes a nonce of 12 bytes here.");
}
