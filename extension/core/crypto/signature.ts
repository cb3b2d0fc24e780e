import { ed25519 } from "@noble/curves/ed25519.js";

// noble's own choice, 8, takes 25 ms for tables at the first use, and saves half a millisecond at each further one.
ed25519.Point.BASE.precompute(3);

/** Ed25519, RFC 8032: the 32-byte public key of a 32-byte seed. */
export function publicKeyOf(seed32: Uint8Array): Buffer {
  return asBuffer(ed25519.getPublicKey(seed32));
}

/** 64 bytes; the same for the same seed and message. */
export function sign(seed32: Uint8Array, message: Uint8Array): Buffer {
  return asBuffer(ed25519.sign(message, seed32));
}

/**
 * Strict: one encoding of each point, no small-order keys, S below the group's order (RFC 8032 §5.1.7, not ZIP 215).
 * Otherwise the holder of an odd key could sign so that two programs disagree. False for lengths that can't be.
 */
export function verify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
