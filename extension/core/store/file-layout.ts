import { sha256 } from "../crypto/hash.ts";
import { asId, type Id, type RecordRef } from "./store.ts";

/**
 * The folder of a vault. Every path of it is made here, and parsed here:
 *
 *     ov1                                                      the format's name
 *     account/<counter>.ova                                    older ones are emptied: they open with older passwords
 *     env/<id>/manifest/<counter>.ovm                          signed heads; the newest one is the state
 *     env/<id>/items/<counter>-<hash of the head>.ovi          the list that the head names
 *     env/<id>/records/<1st digit of item>/<item>-<version>-<epoch>-<hash>.ovr
 *     env/<id>/staging/<counter>-<hash of the head>-<random>/  records of a commit, until its head is there
 *     audit/<device>/<seq>.ove                                 and 256 of them joined: <first>-<last>.ovs
 *
 * What two writers could write differently has a hash in its name, so neither can take the other's place.
 */
export const MARKER = "ov1";
export const ACCOUNT = "account";
export const ENVIRONMENTS = "env";
export const AUDIT = "audit";

export const AUDIT_SEGMENT_ENTRIES = 256;

export function environmentPath(environment: Id): string {
  return `${ENVIRONMENTS}/${checkedId(environment)}`;
}

/** The parts of an environment's folder; made together, before its first manifest. */
export const ENVIRONMENT_FOLDERS = ["manifest", "items", "records", "staging"] as const;

export function itemsName(counter: number, headHash: string): string {
  return `${counter}-${headHash}.ovi`;
}

/** Refuses a ref that is none: part of it comes from bytes that others wrote, and it becomes a path. */
export function recordName({ item, version, epoch, hash }: RecordRef): string {
  const name = `${item}-${version}-${epoch}-${hash}.ovr`;
  if (parseRecordName(name) === undefined) throw new TypeError("This is no record's item, version, epoch and hash.");
  return name;
}

export function parseRecordName(name: string): RecordRef | undefined {
  const parts = /^([0-9a-f]{32})-([1-9]\d{0,15})-([1-9]\d{0,9})-([0-9a-f]{64})\.ovr$/.exec(name);
  if (parts === null) return undefined;
  const [, item, version, epoch, hash] = parts;
  // The pattern is that of an Id.
  const ref = { item: item as Id, version: Number(version), epoch: Number(epoch), hash: hash! };
  return Number.isSafeInteger(ref.version) ? ref : undefined;
}

/** The 16 folders that an environment's records are spread over: looking for one item's lists a small part. */
export function shardOf(recordOrItem: string): string {
  return recordOrItem.slice(0, 1);
}

/** `<counter>-<hash>` with an ending, as item lists and staging folders are named. */
export function parseCommitName(name: string): { readonly counter: number; readonly headHash: string } | undefined {
  const parts = /^([1-9]\d{0,15})-([0-9a-f]{64})(\.ovi|-[0-9a-f]{16})$/.exec(name);
  return parts === null ? undefined : { counter: Number(parts[1]), headHash: parts[2]! };
}

export function auditPath(device: Id): string {
  return `${AUDIT}/${checkedId(device)}`;
}

/** The segment that entry `seq` belongs to, whether it is written or not. */
export function segmentOf(seq: number): { readonly first: number; readonly last: number; readonly name: string } {
  const first = seq - ((seq - 1) % AUDIT_SEGMENT_ENTRIES);
  const last = first + AUDIT_SEGMENT_ENTRIES - 1;
  return { first, last, name: `${first}-${last}.ovs` };
}

export function sha256Hex(bytes: Uint8Array): string {
  return sha256(bytes).toString("hex");
}

function checkedId(text: string): Id {
  const id = asId(text);
  if (id === undefined) throw new TypeError("This is no id.");
  return id;
}
