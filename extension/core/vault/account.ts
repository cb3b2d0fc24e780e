import { open, seal } from "../crypto/aead.ts";
import { equal, hmacSha256, sha256 } from "../crypto/hash.ts";
import { deriveKey } from "../crypto/hkdf.ts";
import { pae, u32 } from "../crypto/pae.ts";
import { randomBuffer } from "../crypto/random.ts";
import { keyBuffer, unpooled, wipe } from "../crypto/wipe.ts";
import type { Id, LoginChange } from "../store/store.ts";
import { type Directory, decodeDirectory, encodeDirectory } from "./directory.ts";
import { type IdentitySeeds, KEM_KEY_BYTES, type PublicIdentity, SIGN_KEY_BYTES } from "./identity.ts";
import { pad, unpad } from "./padding.ts";
import { readSlot, type Slot, writeSlot } from "./slot.ts";
import { damaged, Reader, SUITE, Writer } from "./wire.ts";

/** The part of the account object that is readable while the vault is locked. */
export interface SealedAccount {
  readonly account: Id;
  readonly vault: Id;
  readonly counter: number;
  readonly slots: readonly Slot[];
  readonly identity: PublicIdentity;
  readonly bytes: Buffer;
}

/** The account object, opened with the account key. Environment keys are keyed by `environment:epoch`. */
export interface Account {
  readonly account: Id;
  readonly vault: Id;
  readonly slots: readonly Slot[];
  readonly identity: PublicIdentity;
  readonly seeds: IdentitySeeds;
  readonly keys: ReadonlyMap<string, Buffer>;
  readonly directory: Directory;
  /** Of a password that was set just now; goes to the store beside the object, and is no part of it. */
  readonly login?: LoginChange;
}

export function keyName(environment: Id, epoch: number): string {
  return `${environment}:${epoch}`;
}

/** Everything is wrapped under AK, and the whole is MACed under AK: a store can't put in an old slot or leave a key out. */
export function sealAccount(
  ak: Uint8Array,
  account: Account,
  counter: number,
  previous: Uint8Array | undefined,
): Buffer {
  const writer = new Writer()
    .bytes(Buffer.from(MAGIC, "latin1"))
    .u8(SUITE)
    .id(account.account)
    .id(account.vault)
    .u64(counter)
    .bytes(previous === undefined ? Buffer.alloc(32) : sha256(previous))
    .bytes(account.identity.signKey)
    .bytes(account.identity.kemKey)
    .u8(account.slots.length);
  for (const slot of account.slots) writeSlot(writer, slot);

  const wrapKey = deriveKey(ak, "ov1/ak/wrap");
  const metaKey = deriveKey(ak, "ov1/ak/meta");
  const macKey = deriveKey(ak, "ov1/ak/account");
  const seeds = keyBuffer(64);
  seeds.set(account.seeds.sign);
  seeds.set(account.seeds.kem, 32);
  try {
    writeSealed(writer, wrapKey, aad(account.account, "seeds"), seeds);
    writer.u32(account.keys.size);
    for (const [name, key] of account.keys) {
      const [environment, epoch] = splitKeyName(name);
      writer.id(environment).u32(epoch);
      writeSealed(writer, wrapKey, keyAad(account.account, environment, epoch), key);
    }
    writeSealed(writer, metaKey, aad(account.account, "directory"), pad(encodeDirectory(account.directory), 256));
    const body = writer.finish();
    writer.bytes(hmacSha256(macKey, pae("ov1/account", body)));
    // The checksum has no key. It only tells a damaged file from a wrong password.
    const signed = writer.finish();
    return Buffer.concat([signed, sha256(signed)]);
  } finally {
    wipe(wrapKey, metaKey, macKey, seeds);
  }
}

/** Parses what can be read without a key. Nothing in it may be believed before `openAccount`. */
export function readSealedAccount(bytes: Uint8Array): SealedAccount {
  const { reader: _, ...sealed } = readHead(bytes);
  return sealed;
}

export function openAccount(ak: Uint8Array, sealed: SealedAccount): Account {
  const { reader } = readHead(sealed.bytes);
  const wrapKey = deriveKey(ak, "ov1/ak/wrap");
  const metaKey = deriveKey(ak, "ov1/ak/meta");
  const macKey = deriveKey(ak, "ov1/ak/account");
  try {
    const body = sealed.bytes.subarray(0, -TRAILER_BYTES);
    const mac = sealed.bytes.subarray(-TRAILER_BYTES, -32);
    if (!equal(hmacSha256(macKey, pae("ov1/account", body)), mac)) throw damaged(WHAT);

    const seeds = openSealed(reader, wrapKey, aad(sealed.account, "seeds"));
    if (seeds.length !== 64) throw damaged(WHAT);
    const keys = new Map<string, Buffer>();
    for (let left = reader.u32(); left > 0; left--) {
      const environment = reader.id();
      const epoch = reader.u32();
      keys.set(keyName(environment, epoch), openSealed(reader, wrapKey, keyAad(sealed.account, environment, epoch)));
    }
    const names = unpad(openSealed(reader, metaKey, aad(sealed.account, "directory")));
    if (names === undefined) throw damaged(WHAT);
    const split = { sign: unpooled(seeds.subarray(0, 32)), kem: unpooled(seeds.subarray(32)) };
    wipe(seeds);
    return { ...sealed, seeds: split, keys, directory: decodeDirectory(names) };
  } finally {
    wipe(wrapKey, metaKey, macKey);
  }
}

const MAGIC = "OVA1";
const WHAT = "The vault's account file";
const TRAILER_BYTES = 64;

function readHead(bytes: Uint8Array): SealedAccount & { readonly reader: Reader } {
  const copy = Buffer.from(bytes);
  if (copy.length < TRAILER_BYTES || !equal(sha256(copy.subarray(0, -32)), copy.subarray(-32))) throw damaged(WHAT);
  const reader = new Reader(copy.subarray(0, -TRAILER_BYTES), WHAT);
  reader.magic(MAGIC);
  reader.suite();
  const account = reader.id();
  const vault = reader.id();
  const counter = reader.u64();
  reader.bytes(32);
  const identity = { signKey: reader.bytes(SIGN_KEY_BYTES), kemKey: reader.bytes(KEM_KEY_BYTES) };
  const slots = Array.from({ length: reader.u8() }, () => readSlot(reader, WHAT));
  return { account, vault, counter, slots, identity, bytes: copy, reader };
}

function writeSealed(writer: Writer, key: Uint8Array, aad: Uint8Array, plain: Uint8Array): void {
  const nonce = randomBuffer(12);
  writer.bytes(nonce).sized(seal(key, nonce, aad, plain));
}

function openSealed(reader: Reader, key: Uint8Array, aad: Uint8Array): Buffer {
  const nonce = reader.bytes(12);
  const plain = open(key, nonce, aad, reader.sized());
  if (plain === undefined) throw damaged(WHAT);
  return plain;
}

function aad(account: Id, part: string): Buffer {
  return pae("ov1/account-part", Buffer.from(account, "hex"), part);
}

function keyAad(account: Id, environment: Id, epoch: number): Buffer {
  return pae("ov1/environment-key", Buffer.from(account, "hex"), Buffer.from(environment, "hex"), u32(epoch));
}

function splitKeyName(name: string): [Id, number] {
  const [environment, epoch] = name.split(":");
  return [environment as Id, Number(epoch)]; // made by keyName only
}
