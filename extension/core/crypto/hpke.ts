import { open, seal } from "./aead.ts";
import { expand, extract } from "./hkdf.ts";
import { decapsulate, encapsulate } from "./hybrid-kem.ts";
import { wipe } from "./wipe.ts";

/** A secret that both sides know already, and the public name of it. HPKE wants at least 32 bytes of entropy in it. */
export interface Psk {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
}

/** One direction of messages, in order; and secrets for other uses. `close` wipes the keys. */
export interface HpkeContext {
  seal(aad: Uint8Array, plaintext: Uint8Array): Buffer;
  /** undefined = not authentic, or not the next message. */
  open(aad: Uint8Array, ciphertext: Uint8Array): Buffer | undefined;
  /** RFC 9180 §5.3. */
  export(exporterContext: Uint8Array, length: number): Buffer;
  close(): void;
}

/** KEM 0x647a (X-Wing), KDF HKDF-SHA256, AEAD AES-256-GCM: the one suite. */
export const SUITE = { kem: 0x647a, kdf: 0x0001, aead: 0x0002 } as const;

/** SetupBaseS or SetupPSKS of RFC 9180 §5.1; undefined = not a public key. `eseed` is for test vectors. */
export function setupSender(
  publicKey: Uint8Array,
  info: Uint8Array,
  psk?: Psk,
  eseed?: Uint8Array,
): { readonly enc: Buffer; readonly context: HpkeContext } | undefined {
  const encapsulated = encapsulate(publicKey, eseed);
  if (encapsulated === undefined) return undefined;
  const { enc, secret } = encapsulated;
  const context = contextOf(secret, info, psk);
  wipe(secret);
  return { enc, context };
}

/** SetupBaseR or SetupPSKR; undefined = not an encapsulation. A wrong key or PSK shows at the first `open`. */
export function setupRecipient(
  enc: Uint8Array,
  seed32: Uint8Array,
  info: Uint8Array,
  psk?: Psk,
  decapsulateWith: (seed32: Uint8Array, enc: Uint8Array) => Buffer | undefined = decapsulate,
): HpkeContext | undefined {
  const secret = decapsulateWith(seed32, enc);
  if (secret === undefined) return undefined;
  const context = contextOf(secret, info, psk);
  wipe(secret);
  return context;
}

function contextOf(secret: Uint8Array, info: Uint8Array, psk: Psk | undefined): HpkeContext {
  const { key, baseNonce, exporterSecret } = keySchedule(suiteId(SUITE), 32, secret, info, psk);
  let sequence = 0;
  const nonce = (): Buffer => {
    // RFC 9180 §5.2: I2OSP(seq, Nn) xor base_nonce. 2^32 messages are far above any use here.
    if (sequence >= 2 ** 32) throw new RangeError("An HPKE context is for at most 2^32 messages.");
    const next = Buffer.from(baseNonce);
    next.writeUInt32BE((next.readUInt32BE(8) ^ sequence) >>> 0, 8);
    return next;
  };
  return {
    seal(aad, plaintext) {
      const sealed = seal(key, nonce(), aad, plaintext);
      sequence++;
      return sealed;
    },
    open(aad, ciphertext) {
      const opened = open(key, nonce(), aad, ciphertext);
      if (opened !== undefined) sequence++;
      return opened;
    },
    export: (exporterContext, length) => labeledExpand(suiteId(SUITE), exporterSecret, "sec", exporterContext, length),
    close: () => wipe(key, baseNonce, exporterSecret),
  };
}

export interface HpkeKeys {
  readonly key: Buffer;
  readonly baseNonce: Buffer;
  readonly exporterSecret: Buffer;
}

/** KeySchedule of RFC 9180 §5.1 for the two-stage KDF HKDF-SHA256. The suite is open for test vectors of others. */
export function keySchedule(
  suite: Uint8Array,
  keyLength: number,
  secret: Uint8Array,
  info: Uint8Array,
  psk: Psk | undefined,
): HpkeKeys {
  if (psk !== undefined && (psk.secret.length < 32 || psk.id.length === 0)) {
    throw new RangeError("An HPKE PSK has at least 32 bytes and an id.");
  }
  const mode = psk === undefined ? 0x00 : 0x01;
  const pskIdHash = labeledExtract(suite, EMPTY, "psk_id_hash", psk?.id ?? EMPTY);
  const infoHash = labeledExtract(suite, EMPTY, "info_hash", info);
  const context = Buffer.concat([Buffer.of(mode), pskIdHash, infoHash]);
  const prk = labeledExtract(suite, secret, "secret", psk?.secret ?? EMPTY);
  const keys = {
    key: labeledExpand(suite, prk, "key", context, keyLength),
    baseNonce: labeledExpand(suite, prk, "base_nonce", context, 12),
    exporterSecret: labeledExpand(suite, prk, "exp", context, 32),
  };
  wipe(prk);
  return keys;
}

/** "HPKE" and the three ids, RFC 9180 §5.1. */
export function suiteId({
  kem,
  kdf,
  aead,
}: {
  readonly kem: number;
  readonly kdf: number;
  readonly aead: number;
}): Buffer {
  return Buffer.concat([Buffer.from("HPKE"), u16(kem), u16(kdf), u16(aead)]);
}

/** RFC 9180 §4. */
function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  const labeled = Buffer.concat([VERSION, suite, Buffer.from(label), ikm]);
  const prk = extract(salt, labeled);
  wipe(labeled);
  return prk;
}

function labeledExpand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  return expand(prk, Buffer.concat([u16(length), VERSION, suite, Buffer.from(label), info]), length);
}

function u16(value: number): Buffer {
  return Buffer.of(value >>> 8, value & 0xff);
}

const VERSION = Buffer.from("HPKE-v1");
const EMPTY = new Uint8Array(0);
