import { sha256 } from "../crypto/hash.ts";
import { kemPublicKeyOf } from "../crypto/hybrid-kem.ts";
import { pae } from "../crypto/pae.ts";
import { randomBuffer } from "../crypto/random.ts";
import { publicKeyOf } from "../crypto/signature.ts";
import type { Id } from "../store/store.ts";

/** The public half of an account: an Ed25519 key that signs manifests, and an X-Wing key that grants are sealed to. */
export interface PublicIdentity {
  readonly signKey: Uint8Array;
  readonly kemKey: Uint8Array;
}

/** The 32-byte seeds of both keys. Wrapped by the account key at rest; wiped at lock. */
export interface IdentitySeeds {
  readonly sign: Buffer;
  readonly kem: Buffer;
}

export const SIGN_KEY_BYTES = 32;
export const KEM_KEY_BYTES = 1216;

export function newIdentity(): IdentitySeeds {
  return { sign: randomBuffer(32), kem: randomBuffer(32) };
}

export function publicIdentity(seeds: IdentitySeeds): PublicIdentity {
  return { signKey: publicKeyOf(seeds.sign), kemKey: kemPublicKeyOf(seeds.kem) };
}

/** SHA-256 over the account and both public keys: what manifests name as author and member. */
export function fingerprint(account: Id, identity: PublicIdentity): Buffer {
  return sha256(pae("ov1/identity", Buffer.from(account, "hex"), identity.signKey, identity.kemKey));
}
