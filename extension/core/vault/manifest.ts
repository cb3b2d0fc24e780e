import { equal, hmacSha256, sha256 } from "../crypto/hash.ts";
import { pae } from "../crypto/pae.ts";
import { sign, verify } from "../crypto/signature.ts";
import type { Id } from "../store/store.ts";
import { damaged, Reader, SUITE, Writer } from "./wire.ts";

/** The signed head of an environment: it names the item list by hash, so that old heads stay small. */
export interface ManifestHead {
  readonly vault: Id;
  readonly app: Id;
  readonly environment: Id;
  readonly epoch: number;
  readonly counter: number;
  /** SHA-256 of the head before this one; zeros in the first. */
  readonly previous: Uint8Array;
  readonly minProfile: number;
  readonly members: readonly Member[];
  readonly tokens: readonly Token[];
  readonly itemCount: number;
  /** SHA-256 of the item list. */
  readonly itemsRoot: Uint8Array;
  readonly auditHeads: readonly AuditHead[];
  /** ms since 1970. */
  readonly time: number;
  /** Fingerprint of the account that wrote it. */
  readonly author: Uint8Array;
}

export interface Member {
  readonly fingerprint: Uint8Array;
  readonly role: Role;
}

export type Role = "reader" | "writer" | "admin";

export interface Token {
  readonly id: Id;
  readonly publicKeyHash: Uint8Array;
  readonly expires: number;
}

/** The newest audit entry of a device that its author had seen. */
export interface AuditHead {
  readonly device: Id;
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** The bytes to store: head, Ed25519 signature (RFC 8032) of the author, HMAC under the environment's manifest key. */
export function signManifest(head: ManifestHead, signSeed: Uint8Array, macKey: Uint8Array): Buffer {
  const bytes = encode(head);
  const message = pae("ov1/manifest", bytes);
  return Buffer.concat([bytes, sign(signSeed, message), hmacSha256(macKey, message)]);
}

/** Refuses with `vault-damaged` unless both the signature and the MAC are right, over the bytes as they were stored. */
export function verifyManifest(stored: Uint8Array, signKey: Uint8Array, macKey: Uint8Array): ManifestHead {
  if (!isMaced(stored, macKey) || !isSigned(stored, signKey)) throw damaged(WHAT);
  return peekManifest(stored);
}

/** Whether it was written by somebody who holds the environment's key. */
export function isMaced(stored: Uint8Array, macKey: Uint8Array): boolean {
  const { message, mac } = split(stored);
  return equal(hmacSha256(macKey, message), mac);
}

export function isSigned(stored: Uint8Array, signKey: Uint8Array): boolean {
  const { message, signature } = split(stored);
  return verify(signKey, signature, message);
}

/** Parses without verifying, to learn the epoch whose key verifies it, and to follow `previous`. */
export function peekManifest(stored: Uint8Array): ManifestHead {
  return decode(stored.subarray(0, Math.max(0, stored.length - TRAILER_BYTES)));
}

export function manifestHash(stored: Uint8Array): Buffer {
  return sha256(stored);
}

const MAGIC = "OVM1";
const WHAT = "An environment's manifest";
const TRAILER_BYTES = 64 + 32;
const ROOT_IS_LIST_HASH = 1; // 2 is kept for a Merkle root
const ROLES = ["reader", "writer", "admin"] as const;

function split(stored: Uint8Array): {
  readonly message: Buffer;
  readonly signature: Uint8Array;
  readonly mac: Uint8Array;
} {
  const end = Math.max(0, stored.length - TRAILER_BYTES);
  const message = pae("ov1/manifest", stored.subarray(0, end));
  return { message, signature: stored.subarray(end, end + 64), mac: stored.subarray(end + 64) };
}

function encode(head: ManifestHead): Buffer {
  const writer = new Writer()
    .bytes(Buffer.from(MAGIC, "latin1"))
    .u8(SUITE)
    .id(head.vault)
    .id(head.app)
    .id(head.environment)
    .u32(head.epoch)
    .u64(head.counter)
    .bytes(head.previous)
    .u8(SUITE) // min_suite: there is one
    .u8(head.minProfile)
    .u16(head.members.length);
  for (const member of head.members) writer.bytes(member.fingerprint).u8(ROLES.indexOf(member.role));
  writer.u16(head.tokens.length);
  for (const token of head.tokens) writer.id(token.id).bytes(token.publicKeyHash).u64(token.expires);
  writer.u8(ROOT_IS_LIST_HASH).u32(head.itemCount).bytes(head.itemsRoot).u16(head.auditHeads.length);
  for (const audit of head.auditHeads) writer.id(audit.device).u64(audit.seq).bytes(audit.hash);
  return writer.u64(head.time).bytes(head.author).finish();
}

function decode(bytes: Uint8Array): ManifestHead {
  const reader = new Reader(bytes, WHAT);
  reader.magic(MAGIC);
  reader.suite();
  const ids = { vault: reader.id(), app: reader.id(), environment: reader.id() };
  const place = { ...ids, epoch: reader.u32(), counter: reader.u64(), previous: reader.bytes(32) };
  reader.suite();
  const minProfile = reader.u8();
  const members = Array.from({ length: reader.u16() }, () => ({
    fingerprint: reader.bytes(32),
    role: role(reader.u8()),
  }));
  const tokens = Array.from({ length: reader.u16() }, () => ({
    id: reader.id(),
    publicKeyHash: reader.bytes(32),
    expires: reader.u64(),
  }));
  if (reader.u8() !== ROOT_IS_LIST_HASH) throw damaged(WHAT);
  const items = { itemCount: reader.u32(), itemsRoot: reader.bytes(32) };
  const auditHeads = Array.from({ length: reader.u16() }, () => ({
    device: reader.id(),
    seq: reader.u64(),
    hash: reader.bytes(32),
  }));
  const head = {
    ...place,
    minProfile,
    members,
    tokens,
    ...items,
    auditHeads,
    time: reader.u64(),
    author: reader.bytes(32),
  };
  reader.end();
  return head;
}

function role(code: number): Role {
  const known = ROLES[code];
  if (known === undefined) throw damaged(WHAT);
  return known;
}
