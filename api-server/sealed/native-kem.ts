import * as crypto from "node:crypto";
import { KEM_LENGTHS, decapsulate as nobleDecapsulate } from "#core/crypto/hybrid-kem.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { okpPublicKey } from "../keys/okp-public-key.ts";

/**
 * X-Wing's decapsulation by OpenSSL, for the server: the same answers as core's, held to the same vectors, some ten times
 * faster. Where node:crypto has no ML-KEM it is core's own. Keys are imported once per seed.
 */
export function nativeDecapsulator(): (seed32: Uint8Array, enc: Uint8Array) => Buffer | undefined {
  if (typeof crypto.decapsulate !== "function") return nobleDecapsulate;
  const imported = new WeakMap<Uint8Array, Imported>();
  return (seed32, enc) => {
    if (enc.length !== KEM_LENGTHS.enc) return undefined;
    const known = imported.get(seed32) ?? importSeed(seed32);
    imported.set(seed32, known);
    return decapsulateWith(known, enc);
  };
}

interface Imported {
  readonly mlkem: crypto.KeyObject;
  readonly x25519: crypto.KeyObject;
  readonly x25519Public: Uint8Array;
}

function decapsulateWith({ mlkem, x25519, x25519Public }: Imported, enc: Uint8Array): Buffer | undefined {
  const ephemeral = enc.subarray(1088);
  try {
    const first = Buffer.from(crypto.decapsulate(mlkem, enc.subarray(0, 1088)));
    const second = crypto.diffieHellman({ privateKey: x25519, publicKey: okpPublicKey("X25519", ephemeral) });
    const secret = crypto
      .createHash("sha3-256")
      .update(first)
      .update(second)
      .update(ephemeral)
      .update(x25519Public)
      .update(LABEL)
      .digest();
    wipe(first, second);
    return secret;
  } catch {
    return undefined; // a low-order point
  }
}

/** draft-connolly-cfrg-xwing-kem §5.2: SHAKE256 of the seed is ML-KEM's d and z, and X25519's private key. */
function importSeed(seed32: Uint8Array): Imported {
  const expanded = crypto.createHash("shake256", { outputLength: 96 }).update(seed32).digest();
  const mlkem = crypto.createPrivateKey({
    key: Buffer.concat([PKCS8_MLKEM768_SEED, expanded.subarray(0, 64)]),
    format: "der",
    type: "pkcs8",
  });
  const x25519 = crypto.createPrivateKey({
    key: Buffer.concat([PKCS8_X25519, expanded.subarray(64)]),
    format: "der",
    type: "pkcs8",
  });
  wipe(expanded);
  const x25519Public = crypto.createPublicKey(x25519).export({ format: "der", type: "spki" }).subarray(-32);
  return { mlkem, x25519, x25519Public };
}

/** `\.//^\` of the draft. */
const LABEL = Buffer.from("5c2e2f2f5e5c", "hex");
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");
/** RFC 9935: a private key that is its 64-byte seed only. */
const PKCS8_MLKEM768_SEED = Buffer.from("3054020100300b060960864801650304040204428040", "hex");
