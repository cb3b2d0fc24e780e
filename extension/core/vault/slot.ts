import { open, seal } from "../crypto/aead.ts";
import { equal, sha256 } from "../crypto/hash.ts";
import { deriveKey, expand, extract } from "../crypto/hkdf.ts";
import { pae, u8 } from "../crypto/pae.ts";
import { asKdfProfile, type KdfProfile, passphraseKey } from "../crypto/passphrase-key.ts";
import { randomBuffer } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Id } from "../store/store.ts";
import { damaged, type Reader, type Writer } from "./wire.ts";

/** One wrapping of the account key, opened by a password or by the recovery code. */
export interface Slot {
  readonly kind: SlotKind;
  /** The Argon2id profile of a password slot; 0 for the others. */
  readonly profile: KdfProfile | 0;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
  readonly nonce: Uint8Array;
  readonly wrapped: Uint8Array;
}

export type SlotKind = "password" | "recovery";

/** What opens a slot: the password's UTF-8 bytes with a profile, or the 20 bytes of a recovery code. */
export type SlotSecret =
  | { readonly kind: "password"; readonly password: Uint8Array; readonly profile: KdfProfile }
  | { readonly kind: "recovery"; readonly code: Uint8Array };

/** A new slot, and SHA-256 of what proves its secret to a server. */
export async function sealSlot(
  account: Id,
  accountKey: Uint8Array,
  secret: SlotSecret,
): Promise<{ readonly slot: Slot; readonly verifier: Buffer }> {
  const salt = randomBuffer(16);
  const kek = await keyOf(account, salt, secret);
  const wrapKey = deriveKey(kek, "ov1/kek/wrap");
  try {
    const profile: Slot["profile"] = secret.kind === "password" ? secret.profile : 0;
    const sealed = {
      kind: secret.kind,
      profile,
      salt,
      commitment: deriveKey(kek, "ov1/kek/commit"),
      nonce: randomBuffer(12),
    };
    const slot = { ...sealed, wrapped: seal(wrapKey, sealed.nonce, slotAad(account, sealed), accountKey) };
    const proof = proofOf(account, kek, secret);
    const verifier = sha256(proof);
    wipe(proof);
    return { slot, verifier };
  } finally {
    wipe(kek, wrapKey);
  }
}

/**
 * The account key, or undefined when the secret is another one. The commitment is compared before anything is
 * decrypted: AES-GCM alone can be made to open under two keys.
 */
export async function openSlot(account: Id, slot: Slot, secret: SlotSecret): Promise<Buffer | undefined> {
  return openSlotWithKey(account, slot, await keyOf(account, slot.salt, secret));
}

/** The same with the slot's key itself, which is wiped: a login has it before it has the slot. */
export function openSlotWithKey(account: Id, slot: Slot, kek: Buffer): Buffer | undefined {
  const wrapKey = deriveKey(kek, "ov1/kek/wrap");
  const commitment = deriveKey(kek, "ov1/kek/commit");
  try {
    if (!equal(commitment, slot.commitment)) return undefined;
    const accountKey = open(wrapKey, slot.nonce, slotAad(account, slot), slot.wrapped);
    if (accountKey === undefined) throw damaged("The vault's key slot");
    return accountKey;
  } finally {
    wipe(kek, wrapKey, commitment);
  }
}

/** What proves the password to a server, and nothing else: the KEK can't be computed from it. */
export function loginProof(kek: Uint8Array): Buffer {
  return deriveKey(kek, "ov1/kek/auth");
}

/** The account key, and the proof of the secret that opened it; undefined when the secret is another one. */
export async function openWithProof(
  account: Id,
  slot: Slot,
  secret: SlotSecret,
): Promise<{ readonly accountKey: Buffer; readonly proof: Buffer } | undefined> {
  const kek = await keyOf(account, slot.salt, secret);
  const proof = proofOf(account, kek, secret);
  const accountKey = openSlotWithKey(account, slot, kek);
  if (accountKey !== undefined) return { accountKey, proof };
  wipe(proof);
  return undefined;
}

/** What proves a recovery code to a server. It needs no slot, since it is for who has no device to read one by. */
export function recoveryProof(account: Id, code: Uint8Array): Buffer {
  const accountBytes = Buffer.from(account, "hex");
  const prk = extract(accountBytes, code);
  try {
    return expand(prk, pae("ov1/recovery/auth", accountBytes), 32);
  } finally {
    wipe(prk);
  }
}

function proofOf(account: Id, kek: Uint8Array, secret: SlotSecret): Buffer {
  return secret.kind === "password" ? loginProof(kek) : recoveryProof(account, secret.code);
}

export function writeSlot(writer: Writer, slot: Slot): void {
  writer
    .u8(KIND_CODE[slot.kind])
    .u8(slot.profile)
    .bytes(slot.salt)
    .bytes(slot.commitment)
    .bytes(slot.nonce)
    .bytes(slot.wrapped);
}

export function readSlot(reader: Reader, what: string): Slot {
  const code = reader.u8();
  const kind = code === KIND_CODE.password ? "password" : code === KIND_CODE.recovery ? "recovery" : undefined;
  const number = reader.u8();
  const profile = kind === "recovery" && number === 0 ? 0 : asKdfProfile(number);
  if (kind === undefined || profile === undefined || (kind === "password" && profile === 0)) throw damaged(what);
  return {
    kind,
    profile,
    salt: reader.bytes(16),
    commitment: reader.bytes(32),
    nonce: reader.bytes(12),
    wrapped: reader.bytes(48),
  };
}

/** 3 is kept for a key in the operating system's keychain. */
const KIND_CODE = { password: 1, recovery: 2 } as const satisfies Record<SlotKind, number>;

async function keyOf(account: Id, salt: Uint8Array, secret: SlotSecret): Promise<Buffer> {
  const accountBytes = Buffer.from(account, "hex");
  switch (secret.kind) {
    case "password":
      return passphraseKey(secret.password, accountBytes, salt, secret.profile);
    case "recovery": {
      // 160 random bits need no slow function: HKDF (RFC 5869) with the slot's salt.
      const prk = extract(salt, secret.code);
      try {
        return expand(prk, pae("ov1/recovery", accountBytes), 32);
      } finally {
        wipe(prk);
      }
    }
  }
}

function slotAad(account: Id, slot: Omit<Slot, "nonce" | "wrapped">): Buffer {
  return pae(
    "ov1/slot",
    Buffer.from(account, "hex"),
    u8(KIND_CODE[slot.kind]),
    u8(slot.profile),
    slot.salt,
    slot.commitment,
  );
}
