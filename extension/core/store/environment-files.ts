import { VaultError } from "../vault-error.ts";
import { CountedSeries, removeOldTemporaries } from "./counted-series.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { missing } from "./file-error.ts";
import * as layout from "./file-layout.ts";
import { StagedRecords, sha256Hex } from "./staged-records.ts";
import { asId, type Id, type NewRecord, type RecordRef, type StoredManifest } from "./store.ts";

/** Every environment that has a folder. */
export async function environmentsIn(folder: DurableFolder): Promise<readonly EnvironmentFiles[]> {
  const ids = (await folder.list(layout.ENVIRONMENTS)).map(asId).filter((id) => id !== undefined);
  return ids.map((id) => new EnvironmentFiles(folder, id));
}

/** One environment's folder: its manifests, item lists and records. */
export class EnvironmentFiles {
  readonly heads: CountedSeries;
  readonly #folder: DurableFolder;
  readonly #path: string;
  readonly #staged: StagedRecords;

  constructor(folder: DurableFolder, id: Id) {
    this.#folder = folder;
    this.#path = layout.environmentPath(id);
    this.heads = new CountedSeries(folder, `${this.#path}/manifest`, ".ovm", {
      limit: layout.LIMIT.head,
      keep: KEPT_HEADS,
    });
    this.#staged = new StagedRecords(folder, this.#path, this.heads);
  }

  async readManifest(have: number | undefined): Promise<StoredManifest | undefined> {
    if (have !== undefined && have > 0 && !(await this.heads.has(have + 1)) && (await this.heads.has(have)))
      return undefined;
    for (let before = 0; ; ) {
      const counter = await this.heads.newest();
      if (counter === 0 && (have ?? 0) > 0) throw missing(`${this.#folder.root}/${this.#path}`);
      if (counter === 0 || counter === have) return undefined;
      const head = await this.heads.read(counter);
      const items = head && (await this.readItems(counter, head));
      if (head !== undefined && items !== undefined) return { counter, head, items };
      // Pruned while it was read, if there is a newer one by now; else it is gone for good.
      if (counter === before) throw missing(`${this.#folder.root}/${this.heads.path(counter)}, or its list of items,`);
      before = counter;
    }
  }

  readItems(counter: number, head: Uint8Array): Promise<Buffer | undefined> {
    return this.#folder.read(this.itemsPath(counter, head), layout.LIMIT.items);
  }

  async readRecord(ref: RecordRef): Promise<Uint8Array> {
    const name = layout.recordName(ref);
    const bytes = await this.findRecord(name);
    if (bytes === undefined) throw missing(`${this.#folder.root}/${this.recordPath(name)}`);
    return bytes;
  }

  /** A record by its file name, wherever it is; refuses bytes that are not what the name says. */
  async findRecord(name: string): Promise<Uint8Array | undefined> {
    const path = this.recordPath(name);
    // The last look is for what another process moved into place between the first two.
    const bytes =
      (await this.#folder.read(path, layout.LIMIT.record)) ??
      (await this.#staged.read(name, layout.LIMIT.record)) ??
      (await this.#folder.read(path, layout.LIMIT.record));
    if (bytes === undefined || sha256Hex(bytes) === layout.parseRecordName(name)?.hash) return bytes;
    throw missing(`${this.#folder.root}/${path}`);
  }

  /** Records first, then the list of items, then the head: with it, and not before, the new state is the state. */
  async commit(
    expected: number,
    manifest: { readonly head: Uint8Array; readonly items: Uint8Array },
    records: readonly NewRecord[],
  ): Promise<void> {
    refuseLarge("A manifest", manifest.head, layout.LIMIT.head);
    refuseLarge("A list of secrets", manifest.items, layout.LIMIT.items);
    for (const record of records) refuseLarge("A secret's record", record.bytes, layout.LIMIT.record);
    await this.heads.requireNewest(expected);
    if (expected === 0) await this.#makeFolders();

    const counter = expected + 1;
    const staged = records.length === 0 ? undefined : await this.#staged.stage(counter, manifest.head, records);
    try {
      await this.#folder.replace(this.itemsPath(counter, manifest.head), manifest.items);
      await this.heads.publish(expected, manifest.head);
    } catch (error) {
      if (staged !== undefined) await this.#staged.abandon(staged).catch(() => {});
      throw error;
    }
    // The change is safe by now. What fails below is done by a later commit.
    await this.#tidy(counter).catch(() => {});
  }

  async deleteRecords(refs: readonly RecordRef[]): Promise<void> {
    await this.#staged.settle();
    const paths = refs.map((ref) => this.recordPath(layout.recordName(ref)));
    await eachAtOnce(paths, async (path) => {
      await this.#folder.remove(path);
    });
    for (const shard of new Set(refs.map((ref) => layout.shardOf(ref.item)))) {
      const path = `${this.#path}/records/${shard}`;
      if (await this.#folder.has(path)) await this.#folder.sync(path);
    }
  }

  async listRecords(item: Id): Promise<readonly RecordRef[]> {
    // In this order: what is moved meanwhile is then seen twice, not missed.
    const names = new Set(await this.#staged.committed());
    for (const name of await this.#folder.list(`${this.#path}/records/${layout.shardOf(item)}`)) names.add(name);
    const refs = [...names].map(layout.parseRecordName);
    return refs.filter((ref) => ref?.item === item).filter((ref) => ref !== undefined);
  }

  /** The names of all records, of every item. */
  async recordNames(): Promise<readonly string[]> {
    const names = new Set(await this.#staged.committed());
    for (const shard of await this.#folder.list(`${this.#path}/records`)) {
      for (const name of await this.#folder.list(`${this.#path}/records/${shard}`)) names.add(name);
    }
    return [...names].filter((name) => layout.parseRecordName(name) !== undefined);
  }

  itemsPath(counter: number, head: Uint8Array): string {
    return `${this.#path}/items/${layout.itemsName(counter, sha256Hex(head))}`;
  }

  recordPath(name: string): string {
    return `${this.#path}/records/${layout.shardOf(name)}/${name}`;
  }

  async #makeFolders(): Promise<void> {
    await this.#folder.makeFolders([this.#path]);
    await this.#folder.makeFolders(layout.ENVIRONMENT_FOLDERS.map((part) => `${this.#path}/${part}`));
  }

  async #tidy(newest: number): Promise<void> {
    await this.#staged.settle();
    await this.#pruneItems(newest);
    await removeOldTemporaries(this.#folder, `${this.#path}/items`);
    await this.heads.prune();
  }

  /** Removes old lists of items, and those whose head lost its counter to another. */
  async #pruneItems(newest: number): Promise<void> {
    for (const name of await this.#folder.list(`${this.#path}/items`)) {
      const commit = layout.parseCommitName(name);
      if (commit === undefined || commit.counter > newest) continue; // a living writer's
      const old = commit.counter <= newest - KEPT_ITEM_LISTS;
      const head = old ? undefined : await this.heads.read(commit.counter);
      const lost = head !== undefined && sha256Hex(head) !== commit.headHash;
      if (old || lost) await this.#folder.remove(`${this.#path}/items/${name}`);
    }
  }
}

/** Heads are kept so that a device that was away can follow the chain; lists only for readers under way. */
const KEPT_HEADS = 256;
const KEPT_ITEM_LISTS = 4;

export function refuseLarge(what: string, bytes: Uint8Array, limit: number): void {
  if (bytes.length <= limit) return;
  throw new VaultError(
    "limit-exceeded",
    `${what} would have ${bytes.length} bytes; ${limit} is the most. Nothing was written. Use another environment for a part of it.`,
  );
}
