import type { DurableFolder } from "./durable-folder.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { missing } from "./file-error.ts";
import { parseRecordName, recordName, sha256Hex, shardOf } from "./file-layout.ts";
import { LIMIT } from "./size-limits.ts";
import type { StagedRecords } from "./staged-records.ts";
import type { Id, RecordRef } from "./store.ts";

/** The records of one environment, in their place or still on the way to it. */
export class RecordFiles {
  readonly #folder: DurableFolder;
  readonly #path: string;
  readonly #staged: StagedRecords;

  constructor(folder: DurableFolder, environment: string, staged: StagedRecords) {
    this.#folder = folder;
    this.#path = `${environment}/records`;
    this.#staged = staged;
  }

  async read(ref: RecordRef): Promise<Uint8Array> {
    const name = recordName(ref);
    const bytes = await this.#find(name, ref.hash);
    if (bytes === undefined) throw missing(`${this.#folder.root}/${this.path(name)}`);
    return bytes;
  }

  /** A record by its file name, wherever it is; refuses bytes that are not what the name says. */
  find(name: string): Promise<Uint8Array | undefined> {
    return this.#find(name, parseRecordName(name)?.hash);
  }

  async #find(name: string, hash: string | undefined): Promise<Uint8Array | undefined> {
    const path = this.path(name);
    // The last look is for what another process moved into place between the first two.
    const bytes =
      (await this.#folder.read(path, LIMIT.record)) ??
      (await this.#staged.read(name, LIMIT.record)) ??
      (await this.#folder.read(path, LIMIT.record));
    if (bytes === undefined || sha256Hex(bytes) === hash) return bytes;
    throw missing(`${this.#folder.root}/${path}`);
  }

  async delete(refs: readonly RecordRef[]): Promise<void> {
    const paths = refs.map((ref) => this.path(recordName(ref)));
    await this.#staged.settle();
    await eachAtOnce(paths, async (path) => {
      await this.#folder.remove(path);
    });
    for (const shard of new Set(refs.map((ref) => `${this.#path}/${shardOf(ref.item)}`))) {
      if (await this.#folder.has(shard)) await this.#folder.sync(shard);
    }
  }

  async list(item: Id): Promise<readonly RecordRef[]> {
    // In this order: what is moved meanwhile is then seen twice, not missed.
    const names = new Set(await this.#staged.committed());
    for (const name of await this.#folder.list(`${this.#path}/${shardOf(item)}`)) names.add(name);
    const refs = [...names].filter((name) => name.startsWith(item)).map(parseRecordName);
    return refs.filter((ref) => ref !== undefined);
  }

  /** The file names of all records, of every item. */
  async names(): Promise<readonly string[]> {
    const names = new Set(await this.#staged.committed());
    for (const shard of await this.#folder.list(this.#path)) {
      for (const name of await this.#folder.list(`${this.#path}/${shard}`)) names.add(name);
    }
    return [...names].filter((name) => parseRecordName(name) !== undefined);
  }

  path(name: string): string {
    return `${this.#path}/${shardOf(name)}/${name}`;
  }
}
