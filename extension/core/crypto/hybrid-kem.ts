import { ml_kem768_x25519 as xwing } from "@noble/post-quantum/hybrid.js";
import { unpooled, wipe } from "./wipe.ts";

/** X-Wing (X25519 with ML-KEM-768, draft-connolly-cfrg-xwing-kem; HPKE's 0x647a): safe while one of the two holds. */
export const KEM_LENGTHS = { seed: 32, publicKey: 1216, enc: 1120, secret: 32 } as const;

/** The 1,216-byte public key of a 32-byte seed, which is the whole private key. */
export function kemPublicKeyOf(seed32: Uint8Array): Buffer {
  requireLength(seed32, KEM_LENGTHS.seed, "seed");
  return unpooled(xwing.getPublicKey(seed32));
}

/** What is sent, and the 32-byte secret that both sides share; the caller wipes the secret. */
export interface Encapsulated {
  readonly enc: Buffer;
  readonly secret: Buffer;
}

/** A fresh secret for the holder of the key; undefined = not a public key. `eseed` (64 bytes) is for test vectors. */
export function encapsulate(publicKey: Uint8Array, eseed?: Uint8Array): Encapsulated | undefined {
  if (publicKey.length !== KEM_LENGTHS.publicKey) return undefined;
  if (eseed !== undefined) requireLength(eseed, 64, "encapsulation seed");
  try {
    const { cipherText, sharedSecret } = xwing.encapsulate(publicKey, eseed);
    return { enc: unpooled(cipherText), secret: own(sharedSecret) };
  } catch {
    // Lengths are right, so what noble refuses is the key: coefficients out of range, or a low-order X25519 point.
    return undefined;
  }
}

/**
 * The shared secret; undefined = not an encapsulation (length, low-order point). One that was made for another key, or
 * changed, gives another secret and no error: that is ML-KEM's implicit rejection, and the AEAD after it finds out.
 */
export function decapsulate(seed32: Uint8Array, enc: Uint8Array): Buffer | undefined {
  requireLength(seed32, KEM_LENGTHS.seed, "seed");
  if (enc.length !== KEM_LENGTHS.enc) return undefined;
  try {
    return own(xwing.decapsulate(enc, seed32));
  } catch {
    return undefined;
  }
}

function own(secret: Uint8Array): Buffer {
  const copy = unpooled(secret);
  wipe(secret);
  return copy;
}

function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) throw new RangeError(`X-Wing takes a ${what} of ${length} bytes.`);
}
