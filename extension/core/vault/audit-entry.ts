import { open, seal } from "../crypto/aead.ts";
import { sha256 } from "../crypto/hash.ts";
import { pae } from "../crypto/pae.ts";
import { randomBuffer } from "../crypto/random.ts";
import type { Id } from "../store/store.ts";
import { pad, unpad } from "./padding.ts";
import { damaged, Reader, SUITE, Writer } from "./wire.ts";

/** The readable part of an audit entry: its place in the device's chain. */
export interface AuditPlace {
  readonly device: Id;
  /** 1, 2, 3 … */
  readonly seq: number;
  /** Hash of the entry before; zeros for the first. */
  readonly previous: Uint8Array;
  /** ms since 1970. */
  readonly time: number;
  /** The environment whose key encrypts the body, or undefined: the account's audit key. */
  readonly environment: Id | undefined;
  readonly epoch: number;
}

/** The encrypted part. */
export interface AuditBody {
  /** The client that acted, such as "claude-code 2.1". */
  readonly actor: string;
  readonly action: AuditAction;
  readonly context?: string;
  readonly names: readonly string[];
  /** SHA-256 of the command, hex. */
  readonly commandHash?: string;
  readonly exitCode?: number;
  /** "ok", or an error's code, or how a run ended. */
  readonly outcome: string;
}

export type AuditAction =
  | "create-vault"
  | "unlock"
  | "unlock-failed"
  | "recover"
  | "recovery-code"
  | "change-password"
  | "accept-restore"
  | "create-app"
  | "delete-app"
  | "create-environment"
  | "delete-environment"
  | "turn-epoch"
  | "write"
  | "rename"
  | "delete"
  | "undelete"
  | "purge"
  | "rollback"
  | "copy"
  | "run"
  | "shell"
  | "run-ended"
  | "reveal"
  | "redact"
  | "approve"
  | "policy"
  | "canary"
  | "expose"
  | "export"
  | "rotate"
  | "compare"
  | "invite"
  | "join"
  | "grant"
  | "change-role"
  | "remove-member"
  | "leave"
  | "create-token"
  | "revoke-token";

export function sealAuditEntry(key: Uint8Array, place: AuditPlace, body: AuditBody): Buffer {
  const header = writeHeader(place);
  const nonce = randomBuffer(12);
  const plain = pad(Buffer.from(JSON.stringify(body), "utf8"), 256);
  return new Writer()
    .bytes(header)
    .bytes(nonce)
    .bytes(seal(key, nonce, pae("ov1/audit-entry", header), plain))
    .finish();
}

export function readAuditPlace(bytes: Uint8Array): AuditPlace {
  return readHeader(new Reader(bytes, WHAT));
}

/** `key` is that of the place's environment and epoch. */
export function openAuditBody(key: Uint8Array, bytes: Uint8Array): AuditBody {
  const reader = new Reader(bytes, WHAT);
  readHeader(reader);
  const header = reader.taken();
  const plain = open(key, reader.bytes(12), pae("ov1/audit-entry", header), reader.rest());
  const body = plain && unpad(plain);
  if (body === undefined) throw damaged(WHAT);
  return JSON.parse(body.toString("utf8")) as AuditBody; // authenticated, and written by sealAuditEntry
}

/** The link that the next entry, and the device's next manifest, name. */
export function auditHash(previous: Uint8Array, bytes: Uint8Array): Buffer {
  return sha256(pae("ov1/audit", previous, bytes));
}

const MAGIC = "OVE1";
const WHAT = "The audit log";
const NO_ENVIRONMENT = Buffer.alloc(16);

function writeHeader(place: AuditPlace): Buffer {
  return new Writer()
    .bytes(Buffer.from(MAGIC, "latin1"))
    .u8(SUITE)
    .id(place.device)
    .u64(place.seq)
    .bytes(place.previous)
    .u64(place.time)
    .bytes(place.environment === undefined ? NO_ENVIRONMENT : Buffer.from(place.environment, "hex"))
    .u32(place.epoch)
    .finish();
}

function readHeader(reader: Reader): AuditPlace {
  reader.magic(MAGIC);
  reader.suite();
  const chain = { device: reader.id(), seq: reader.u64(), previous: reader.bytes(32), time: reader.u64() };
  const environment = reader.id();
  return { ...chain, environment: environment === "0".repeat(32) ? undefined : environment, epoch: reader.u32() };
}
