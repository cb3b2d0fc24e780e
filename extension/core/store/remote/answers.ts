import { sha256Hex } from "../file-layout.ts";
import { LIMIT } from "../size-limits.ts";
import type { Id, RecordRef, StoredManifest } from "../store.ts";
import { asBytes, asCount, asHash, asIdOf, asList, asNumber, asObject, type Json } from "./json-shape.ts";
import { badAnswer } from "./server-error.ts";

/** A record as the server sent it. That its bytes have the hash is checked; whether a manifest names it, is not. */
export interface ServedRecord extends RecordRef {
  readonly bytes: Buffer;
}

export function accountAnswer(body: Json | undefined): { readonly counter: number; readonly bytes: Buffer } {
  const counter = asCount(body?.counter);
  const bytes = asBytes(body?.object, LIMIT.account);
  if (counter === undefined || bytes === undefined || bytes.length === 0) throw badAnswer("the account");
  return { counter, bytes };
}

export function environmentAnswer(body: Json | undefined): StoredManifest & { readonly records: ServedRecord[] } {
  const counter = asCount(body?.counter);
  const head = asBytes(body?.head, LIMIT.head);
  const items = asBytes(body?.items, LIMIT.items);
  if (counter === undefined || head === undefined || items === undefined) throw badAnswer("an environment");
  return { counter, head, items, records: recordsOf(body) };
}

export function recordsOf(body: Json | undefined): ServedRecord[] {
  const records = asList(body?.records, MAX_RECORDS, (entry) => {
    const ref = asRef(entry);
    const bytes = asBytes(asObject(entry)?.bytes, LIMIT.record);
    return ref === undefined || bytes === undefined || sha256Hex(bytes) !== ref.hash ? undefined : { ...ref, bytes };
  });
  if (records === undefined) throw badAnswer("a secret's record");
  return records;
}

export function refsOf(body: Json | undefined): RecordRef[] {
  const refs = asList(body?.refs, MAX_RECORDS, asRef);
  if (refs === undefined) throw badAnswer("the versions of a secret");
  return refs;
}

export function headOf(body: Json | undefined): Buffer {
  const head = asBytes(body?.head, LIMIT.head);
  if (head === undefined) throw badAnswer("an earlier state of an environment");
  return head;
}

export interface ServedEntry {
  readonly seq: number;
  readonly entry: Buffer;
  readonly receivedAt: number;
  readonly signature: Buffer;
}

/** Entries without a gap, from `from` on where that is known. */
export function entriesOf(body: Json | undefined, from: number | undefined): ServedEntry[] {
  const entries = asList(body?.entries, MAX_PAGE, (value) => {
    const fields = asObject(value);
    const [seq, entry] = [asCount(fields?.seq), asBytes(fields?.entry, LIMIT.auditEntry)];
    const [receivedAt, signature] = [asNumber(fields?.received_at), asBytes(fields?.signature, 64)];
    if (seq === undefined || entry === undefined || receivedAt === undefined || signature === undefined)
      return undefined;
    return { seq, entry, receivedAt, signature };
  });
  const first = from ?? entries?.[0]?.seq ?? 1;
  if (entries === undefined || entries.some(({ seq }, index) => seq !== first + index))
    throw badAnswer("the audit log");
  return entries;
}

export function idsOf(value: unknown, what: string): Id[] {
  const ids = asList(value, MAX_RECORDS, asIdOf);
  if (ids === undefined) throw badAnswer(what);
  return ids;
}

export interface ServedEnvironment {
  readonly id: Id;
  readonly counter: number;
  readonly isDeleted: boolean;
}

export function environmentsOf(body: Json | undefined): {
  readonly list: ServedEnvironment[];
  readonly next: Id | undefined;
} {
  const list = asList(body?.environments, MAX_PAGE, (value) => {
    const fields = asObject(value);
    const [id, counter] = [asIdOf(fields?.id), asCount(fields?.counter)];
    const isDeleted = (fields?.deleted_at !== undefined && fields.deleted_at !== null) || fields?.deleted === true;
    return id === undefined || counter === undefined ? undefined : { id, counter, isDeleted };
  });
  const next = asIdOf(body?.next);
  if (list === undefined || (body?.next !== undefined && next === undefined)) throw badAnswer("the environments");
  return { list, next };
}

export interface ServedDevice {
  readonly id: Id;
  readonly enrolledAt: number;
  readonly seenAt: number;
}

export function devicesOf(body: Json | undefined): ServedDevice[] {
  const devices = asList(body?.devices, MAX_PAGE, (value) => {
    const fields = asObject(value);
    const [id, enrolledAt, seenAt] = [asIdOf(fields?.id), asNumber(fields?.enrolled_at), asNumber(fields?.seen_at)];
    return id === undefined || enrolledAt === undefined || seenAt === undefined
      ? undefined
      : { id, enrolledAt, seenAt };
  });
  if (devices === undefined) throw badAnswer("the devices");
  return devices;
}

function asRef(value: unknown): RecordRef | undefined {
  const fields = asObject(value);
  const [item, version] = [asIdOf(fields?.item), asCount(fields?.version)];
  const [epoch, hash] = [asCount(fields?.epoch), asHash(fields?.hash)];
  if (item === undefined || version === undefined || epoch === undefined || hash === undefined) return undefined;
  return { item, version, epoch, hash };
}

const MAX_PAGE = 1000;
const MAX_RECORDS = 20_000;
