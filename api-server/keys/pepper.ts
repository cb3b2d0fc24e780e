import { open, seal } from "#core/crypto/aead.ts";
import { hmacSha256, sha256 } from "#core/crypto/hash.ts";
import { deriveKey } from "#core/crypto/hkdf.ts";
import { pae } from "#core/crypto/pae.ts";
import { randomBuffer } from "#core/crypto/random.ts";

/** Keeps what the database holds useless to who has only the database. */
export interface Pepper {
  wrapDeviceSecret(account: string, device: string, secret: Uint8Array): Buffer;
  unwrapDeviceSecret(account: string, device: string, wrapped: Uint8Array): Buffer | undefined;
  wrapSealKey(id: string, seed: Uint8Array): Buffer;
  unwrapSealKey(id: string, wrapped: Uint8Array): Buffer | undefined;
  /** What is stored of a login: SHA-256 of the proof, under the pepper. */
  verifierOf(account: string, proofHash: Uint8Array): Buffer;
  /** Stable answers for an account that nobody has: they look like those of one that somebody has. */
  falseSalt(account: string): Buffer;
}

export function pepper(secret: Uint8Array): Pepper {
  const deviceKey = deriveKey(secret, "ov-server/device");
  const sealKey = deriveKey(secret, "ov-server/seal-key");
  const loginKey = deriveKey(secret, "ov-server/login");
  const saltKey = deriveKey(secret, "ov-server/false-salt");
  const wrap = (key: Uint8Array, aad: Uint8Array, bytes: Uint8Array): Buffer => {
    const nonce = randomBuffer(12);
    return Buffer.concat([nonce, seal(key, nonce, aad, bytes)]);
  };
  const unwrap = (key: Uint8Array, aad: Uint8Array, bytes: Uint8Array): Buffer | undefined =>
    open(key, bytes.subarray(0, 12), aad, bytes.subarray(12));
  return {
    wrapDeviceSecret: (account, device, bytes) => wrap(deviceKey, pae("ov-server/device", account, device), bytes),
    unwrapDeviceSecret: (account, device, bytes) => unwrap(deviceKey, pae("ov-server/device", account, device), bytes),
    wrapSealKey: (id, seed) => wrap(sealKey, pae("ov-server/seal-key", id), seed),
    unwrapSealKey: (id, wrapped) => unwrap(sealKey, pae("ov-server/seal-key", id), wrapped),
    verifierOf: (account, proofHash) => hmacSha256(loginKey, pae("ov-server/login", account, proofHash)),
    falseSalt: (account) => sha256(hmacSha256(saltKey, pae("ov-server/false-salt", account))).subarray(0, 16),
  };
}
