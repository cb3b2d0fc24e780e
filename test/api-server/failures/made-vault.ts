import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { pae } from "#core/crypto/pae.ts";
import type { Device } from "../sealed-caller.ts";

/** The body of a write, and the head in it, which the next write names. */
export interface MadeCommit {
  readonly counter: number;
  readonly head: Buffer;
  readonly record: { readonly item: string; readonly version: number; readonly epoch: number; readonly hash: string };
  readonly body: { readonly expected_counter: number; readonly write_id: string; readonly head: string };
}

/**
 * A vault as far as a server can see it: objects of the right form (docs/format.md) that are signed by their account, over
 * random bytes in place of ciphertext. It makes a write for any place in the order at once, which a real vault can't.
 */
export interface MadeVault {
  readonly account: string;
  readonly device: Device;
  /** Of the master password: lets another device in. */
  readonly proof: Buffer;
  readonly createPath: string;
  readonly createBody: object;
  newEnvironment(): string;
  /** A write of one record after `previous`; undefined = the first. */
  commit(environment: string, counter: number, previous: Uint8Array | undefined, size?: number): MadeCommit;
}

export function madeVault(): MadeVault {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const account = randomBytes(16);
  const kemKey = randomBytes(1216);
  const fingerprint = sha256(pae("ov1/identity", account, signKey, kemKey));
  const start = Buffer.concat([Buffer.from("OVA1\x01", "latin1"), account, randomBytes(16), u64(1), Buffer.alloc(32)]);
  const object = Buffer.concat([start, signKey, kemKey, randomBytes(300)]);
  const device = { id: randomBytes(16).toString("hex"), secret: randomBytes(32) };
  const proof = randomBytes(32);
  return {
    account: account.toString("hex"),
    device,
    proof,
    createPath: `/accounts/${account.toString("hex")}`,
    createBody: {
      object: text(Buffer.concat([object, sha256(object)])),
      login: { salt: text(randomBytes(16)), profile: 1, verifier: text(sha256(proof)) },
      device: { id: device.id, secret: text(device.secret) },
    },
    newEnvironment: () => randomBytes(16).toString("hex"),
    commit: (environment, counter, previous, size = 400) =>
      commit({ environment, counter, previous, size }, { privateKey, fingerprint }),
  };
}

function commit(
  what: { environment: string; counter: number; previous: Uint8Array | undefined; size: number },
  author: { privateKey: KeyObject; fingerprint: Buffer },
): MadeCommit {
  const { environment, counter, previous, size } = what;
  const bytes = randomBytes(size);
  const item = randomBytes(16);
  const hash = sha256(bytes);
  const items = Buffer.concat([randomBytes(32), item, u64(1), hash, Buffer.alloc(1)]);
  const signed = Buffer.concat([
    ...[Buffer.from("OVM1\x01", "latin1"), Buffer.alloc(32, 7), Buffer.from(environment, "hex"), u32(1), u64(counter)],
    ...[previous === undefined ? Buffer.alloc(32) : sha256(previous), Buffer.of(1, 1)],
    ...[
      Buffer.of(0, 1),
      author.fingerprint,
      Buffer.of(ADMIN, 0, 0),
      Buffer.of(1),
      u32(1),
      sha256(items),
      Buffer.alloc(2),
      u64(Date.now()),
      author.fingerprint,
    ],
  ]);
  const head = Buffer.concat([signed, sign(null, pae("ov1/manifest", signed), author.privateKey), randomBytes(32)]);
  const record = { item: item.toString("hex"), version: 1, epoch: 1, hash: hash.toString("hex") };
  const body = {
    ...{ expected_counter: counter - 1, head: text(head), items: text(items) },
    ...{ records: [{ ...record, bytes: text(bytes) }], write_id: randomBytes(16).toString("hex") },
  };
  return { counter, head, record, body };
}

/** The one member's role. */
const ADMIN = 2;

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
