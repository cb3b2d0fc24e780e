import { CountedSeries, removeOldTemporaries } from "./counted-series.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { missing } from "./file-error.ts";
import {
  ENVIRONMENT_FOLDERS,
  ENVIRONMENTS,
  environmentPath,
  itemsName,
  parseCommitName,
  sha256Hex,
} from "./file-layout.ts";
import { RecordFiles } from "./record-files.ts";
import { LIMIT, refuseLarge } from "./size-limits.ts";
import { StagedRecords } from "./staged-records.ts";
import { asId, type Id, type NewRecord, type StoredManifest } from "./store.ts";

/** Every environment that has a folder. */
export async function environmentsIn(folder: DurableFolder): Promise<readonly EnvironmentFiles[]> {
  const ids = (await folder.list(ENVIRONMENTS)).map(asId).filter((id) => id !== undefined);
  return ids.map((id) => new EnvironmentFiles(folder, id));
}

/** One environment's folder: its manifests, item lists and records. */
export class EnvironmentFiles {
  readonly heads: CountedSeries;
  readonly records: RecordFiles;
  readonly #folder: DurableFolder;
  readonly #path: string;
  readonly #staged: StagedRecords;

  constructor(folder: DurableFolder, id: Id) {
    this.#folder = folder;
    this.#path = environmentPath(id);
    this.heads = new CountedSeries(folder, `${this.#path}/manifest`, ".ovm", {
      limit: LIMIT.head,
      keep: KEPT_HEADS,
    });
    this.#staged = new StagedRecords(folder, this.#path, this.heads);
    this.records = new RecordFiles(folder, this.#path, this.#staged);
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
    return this.#folder.read(this.itemsPath(counter, head), LIMIT.items);
  }

  /** Records first, then the list of items, then the head: with it, and not before, the new state is the state. */
  async commit(
    expected: number,
    manifest: { readonly head: Uint8Array; readonly items: Uint8Array },
    records: readonly NewRecord[],
  ): Promise<void> {
    refuseLarge("A manifest", manifest.head, LIMIT.head);
    refuseLarge("A list of secrets", manifest.items, LIMIT.items);
    for (const record of records) refuseLarge("A secret's record", record.bytes, LIMIT.record);
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

  itemsPath(counter: number, head: Uint8Array): string {
    return `${this.#path}/items/${itemsName(counter, sha256Hex(head))}`;
  }

  async #makeFolders(): Promise<void> {
    await this.#folder.makeFolders([this.#path]);
    await this.#folder.makeFolders(ENVIRONMENT_FOLDERS.map((part) => `${this.#path}/${part}`));
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
      const commit = parseCommitName(name);
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
