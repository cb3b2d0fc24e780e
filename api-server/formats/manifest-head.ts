import { verify } from "node:crypto";
import { pae } from "#core/crypto/pae.ts";
import { okpPublicKey } from "../keys/okp-public-key.ts";
import { Problem } from "../problem.ts";

/** What of a manifest's head the server checks (docs/format.md). Names are not in it; the MAC is its clients'. */
export interface ManifestHead {
  readonly environment: string;
  readonly epoch: number;
  readonly counter: number;
  /** SHA-256 of the head before, hex; zeros in the first. */
  readonly previous: string;
  readonly itemCount: number;
  /** SHA-256 of the item list, hex. */
  readonly itemsRoot: string;
  readonly members: readonly Member[];
  /** Members and tokens as they stand there: a writer leaves both as they are. */
  readonly people: Buffer;
  readonly tokens: readonly string[];
  /** Fingerprint, hex. */
  readonly author: string;
}

export interface Member {
  /** Hex. */
  readonly fingerprint: string;
  readonly role: Role;
}

export type Role = "reader" | "writer" | "admin";

/** Refuses with `invalid` what is no whole head. */
export function readManifestHead(head: Buffer): ManifestHead {
  try {
    return decode(head.subarray(0, -TRAILER));
  } catch {
    throw new Problem("invalid");
  }
}

/** Whether the holder of `signKey` signed this head. */
export function isSignedBy(signKey: Uint8Array, head: Buffer): boolean {
  const bytes = head.subarray(0, -TRAILER);
  const signature = head.subarray(bytes.length, bytes.length + 64);
  return verify(null, pae("ov1/manifest", bytes), okpPublicKey("Ed25519", signKey), signature);
}

function decode(bytes: Buffer): ManifestHead {
  if (!bytes.subarray(0, 5).equals(MAGIC_AND_SUITE)) throw new RangeError("Not a head.");
  let at = 37; // after vault and app
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError("The head is cut.");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const environment = take(16).toString("hex");
  const epoch = take(4).readUInt32BE();
  const counter = Number(take(8).readBigUInt64BE());
  const previous = take(32).toString("hex");
  take(2); // lowest suite and profile
  const start = at;
  const members = rows(take, 33).map((row) => ({ fingerprint: row.toString("hex", 0, 32), role: roleOf(row[32]!) }));
  const tokens = rows(take, 56).map((row) => row.toString("hex", 0, 16));
  const people = bytes.subarray(start, at);
  if (take(1).readUInt8() !== ROOT_IS_LIST_HASH) throw new RangeError("Another kind of root.");
  const itemCount = take(4).readUInt32BE();
  const itemsRoot = take(32).toString("hex");
  take(take(2).readUInt16BE() * 56); // audit heads
  take(8); // time
  const author = take(32).toString("hex");
  if (at !== bytes.length) throw new RangeError("Something follows the head.");
  return { environment, epoch, counter, previous, itemCount, itemsRoot, members, people, tokens, author };
}

function rows(take: (length: number) => Buffer, size: number): Buffer[] {
  return Array.from({ length: take(2).readUInt16BE() }, () => take(size));
}

function roleOf(code: number): Role {
  const role = ROLES[code];
  if (role === undefined) throw new RangeError("No such role.");
  return role;
}

const ROLES = ["reader", "writer", "admin"] as const;

const MAGIC_AND_SUITE = Buffer.from("OVM1\x01", "latin1");
/** Signature and MAC. */
const TRAILER = 64 + 32;
const ROOT_IS_LIST_HASH = 1;
