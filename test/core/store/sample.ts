import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { asId, type Id, type NewRecord, type RecordRef, type Store } from "#core/store/store.ts";

/** A folder that ends with the test. */
export async function temporaryFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "ov-store-")));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function someId(): Id {
  return asId(randomBytes(16).toString("hex"))!;
}

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function someRecord(item: Id = someId(), version = 1, bytes: Uint8Array = randomBytes(200)): NewRecord {
  return { item, version, epoch: 1, hash: sha256(bytes), bytes };
}

export function refOf({ item, version, epoch, hash }: RecordRef): RecordRef {
  return { item, version, epoch, hash };
}

/** A manifest whose item list is readable here: the refs of its records. Heads differ, as real ones do by their time. */
export function manifestOf(refs: readonly RecordRef[]): { readonly head: Buffer; readonly items: Buffer } {
  const items = bytesOf(JSON.stringify(refs.map(refOf)));
  return { head: bytesOf(JSON.stringify({ items: sha256(items), salt: randomBytes(8).toString("hex") })), items };
}

export interface Read {
  readonly counter: number;
  readonly refs: readonly RecordRef[];
}

/** Reads a manifest of `manifestOf`, and checks that head and list belong together. */
export async function readRefs(store: Store, environment: Id): Promise<Read> {
  const stored = await store.readManifest(environment);
  if (stored === undefined) return { counter: 0, refs: [] };
  const head: unknown = JSON.parse(Buffer.from(stored.head).toString());
  const named = typeof head === "object" && head !== null && "items" in head ? head.items : undefined;
  if (named !== sha256(stored.items)) throw new Error("The head names another list of items.");
  return { counter: stored.counter, refs: JSON.parse(Buffer.from(stored.items).toString()) };
}

/** The same, and reads every record that the list names. */
export async function readAll(store: Store, environment: Id): Promise<Read> {
  const read = await readRefs(store, environment);
  for (const ref of read.refs) {
    if (sha256(await store.readRecord(environment, ref)) !== ref.hash) throw new Error("A record is another one.");
  }
  return read;
}

/** Adds a new record to an environment, as a session does: reads the newest state and writes the next. */
export async function addRecord(store: Store, environment: Id, record: NewRecord = someRecord()): Promise<NewRecord> {
  const { counter, refs } = await readRefs(store, environment);
  await store.commit(environment, counter, manifestOf([...refs, record]), [record]);
  return record;
}

export async function newVault(store: Store): Promise<Id> {
  await store.writeAccount(0, bytesOf("account 1"));
  return someId();
}
