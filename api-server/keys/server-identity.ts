import { createPrivateKey, sign as nativeSign } from "node:crypto";
import { serverIdOf, serverWords } from "#core/crypto/server-words.ts";
import { publicKeyOf } from "#core/crypto/signature.ts";

/** Who this server is, to every client that pinned it. */
export interface ServerIdentity {
  readonly publicKey: Buffer;
  readonly serverId: Buffer;
  readonly words: readonly string[];
  /** Ed25519, by OpenSSL: the same bytes as core's, and forty times faster. */
  sign(message: Uint8Array): Buffer;
}

export function serverIdentity(seed: Uint8Array): ServerIdentity {
  const publicKey = publicKeyOf(seed);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const serverId = serverIdOf(publicKey);
  return { publicKey, serverId, words: serverWords(serverId), sign: (message) => nativeSign(null, message, key) };
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
