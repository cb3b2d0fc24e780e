import { createPublicKey, type KeyObject } from "node:crypto";
import { withoutStackTraces } from "#core/crypto/without-stack-traces.ts";

/**
 * A public key of 32 bytes for node:crypto. As a JWK (RFC 8037), which takes a quarter of the time that OpenSSL's reader of
 * DER takes: each sealed call has a key of its own, and each write is verified by one.
 */
export function okpPublicKey(crv: "X25519" | "Ed25519", bytes: Uint8Array): KeyObject {
  const x = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
  return withoutStackTraces(() => createPublicKey({ key: { kty: "OKP", crv, x }, format: "jwk" }));
}
