import * as crypto from "node:crypto";
import { seal } from "#core/crypto/aead.ts";
import { expand } from "#core/crypto/hkdf.ts";
import { keySchedule, type Psk, SUITE, suiteId } from "#core/crypto/hpke.ts";

/**
 * Seals like core's `sealRequest` (docs/transport.md), by OpenSSL in place of noble: a load of thousands of calls a second
 * would else measure the client. `plain` is all that goes inside, padding too, so that it can be anything.
 */
export function quickSealer(
  key: { readonly keyId: Uint8Array; readonly publicKey: Uint8Array; readonly serverId: Uint8Array },
  psk: Psk | undefined,
): (plain: Uint8Array) => { readonly bytes: Buffer; readonly enc: Buffer; readonly responseSecret: Buffer } {
  const mlkem = crypto.createPublicKey({
    key: Buffer.concat([SPKI_MLKEM768, key.publicKey.subarray(0, 1184)]),
    ...{ format: "der", type: "spki" },
  });
  const theirs = key.publicKey.subarray(1184);
  const x25519 = crypto.createPublicKey({
    key: Buffer.concat([SPKI_X25519, theirs]),
    ...{ format: "der", type: "spki" },
  });
  const suite = suiteId(SUITE);
  const mode = Buffer.of(psk === undefined ? 0 : 1);
  const id = psk?.id ?? Buffer.alloc(16);
  const header = Buffer.concat([Buffer.of(1), key.keyId, Buffer.from("647a00010002", "hex"), mode, id]);
  const info = Buffer.concat([Buffer.from("ov-seal/1 req\0"), header, key.serverId]);
  return (plain) => {
    const first = crypto.encapsulate(mlkem);
    const pair = crypto.generateKeyPairSync("x25519");
    const ephemeral = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const second = crypto.diffieHellman({ privateKey: pair.privateKey, publicKey: x25519 });
    const secret = crypto
      .createHash("sha3-256")
      .update(Buffer.concat([first.sharedKey, second, ephemeral, theirs, LABEL]))
      .digest();
    const enc = Buffer.concat([first.ciphertext, ephemeral]);
    const keys = keySchedule(suite, 32, secret, info, psk);
    const bytes = Buffer.concat([header, enc, seal(keys.key, keys.baseNonce, EMPTY, plain)]);
    const labeled = Buffer.concat([Buffer.of(0, 32), Buffer.from("HPKE-v1"), suite, Buffer.from("secov-seal/1 res")]);
    return { bytes, enc, responseSecret: expand(keys.exporterSecret, labeled, 32) };
  };
}

const EMPTY = new Uint8Array(0);
const LABEL = Buffer.from("5c2e2f2f5e5c", "hex");
const SPKI_X25519 = Buffer.from("302a300506032b656e032100", "hex");
/** RFC 9935: what stands before the 1,184 bytes of an ML-KEM-768 key. */
const SPKI_MLKEM768 = Buffer.from("308204b2300b0609608648016503040402038204a100", "hex");
