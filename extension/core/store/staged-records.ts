import { randomBuffer } from "../crypto/random.ts";
import type { CountedSeries } from "./counted-series.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { parseCommitName, parseRecordName, recordName, sha256Hex, shardOf } from "./file-layout.ts";
import type { NewRecord } from "./store.ts";

/**
 * Records on their way into an environment. A commit first writes them to a folder of its own, named by its counter
 * and the hash of its head. Once that head is the manifest, anybody may move them into place; when another head took
 * the counter, anybody may delete them. So a lost or interrupted commit never touches what the winner wrote, and
 * nobody has to guess whose a leftover is.
 */
export class StagedRecords {
  readonly #folder: DurableFolder;
  readonly #environment: string;
  readonly #heads: CountedSeries;

  constructor(folder: DurableFolder, environment: string, heads: CountedSeries) {
    this.#folder = folder;
    this.#environment = environment;
    this.#heads = heads;
  }

  /** Writes the records durably, and returns the name of their folder. */
  async stage(counter: number, head: Uint8Array, records: readonly NewRecord[]): Promise<string> {
    const name = `${counter}-${sha256Hex(head)}-${randomBuffer(8).toString("hex")}`;
    const path = `${this.#staging}/${name}`;
    await this.#folder.makeFolders([path]);
    try {
      await eachAtOnce(records, async (record) => {
        if (sha256Hex(record.bytes) !== record.hash) throw new TypeError("This record has another hash.");
        await this.#folder.writeNew(`${path}/${recordName(record)}`, record.bytes);
      });
      await this.#folder.sync(path);
    } catch (error) {
      await this.#folder.removeFolder(path).catch(() => {});
      throw error;
    }
    return name;
  }

  /** Moves the records of commits that took place into place, and removes those of commits that never will. */
  async settle(): Promise<void> {
    for (const name of await this.#folder.list(this.#staging)) {
      const fate = await this.#fateOf(name);
      if (fate === "committed") await this.#moveIntoPlace(name);
      if (fate === "lost") await this.#folder.removeFolder(`${this.#staging}/${name}`);
    }
  }

  /** For the commit that owns the folder and failed: its records go away, unless its head is there all the same. */
  async abandon(name: string): Promise<void> {
    if ((await this.#fateOf(name)) === "committed") await this.#moveIntoPlace(name);
    else await this.#folder.removeFolder(`${this.#staging}/${name}`);
  }

  /** Names of records whose commit took place but that were not moved yet. */
  async committed(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of await this.#folder.list(this.#staging)) {
      if ((await this.#fateOf(name)) === "committed")
        found.push(...(await this.#folder.list(`${this.#staging}/${name}`)));
    }
    return found;
  }

  /** A record's bytes, from whichever folder holds it. */
  async read(record: string, limit: number): Promise<Buffer | undefined> {
    for (const name of await this.#folder.list(this.#staging)) {
      const bytes = await this.#folder.read(`${this.#staging}/${name}/${record}`, limit);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  get #staging(): string {
    return `${this.#environment}/staging`;
  }

  async #fateOf(name: string): Promise<"committed" | "lost" | "open"> {
    const commit = parseCommitName(name);
    if (commit === undefined) return "open";
    const head = await this.#heads.read(commit.counter);
    if (head === undefined) return "open";
    return sha256Hex(head) === commit.headHash ? "committed" : "lost";
  }

  async #moveIntoPlace(name: string): Promise<void> {
    const from = `${this.#staging}/${name}`;
    const records = (await this.#folder.list(from)).filter((record) => parseRecordName(record) !== undefined);
    const shards = new Set(records.map((record) => `${this.#environment}/records/${shardOf(record)}`));
    await this.#folder.makeFolders([...shards]);
    await eachAtOnce(records, async (record) => {
      await this.#folder.move(`${from}/${record}`, `${this.#environment}/records/${shardOf(record)}/${record}`);
    });
    await eachAtOnce([...shards], (shard) => this.#folder.sync(shard));
    await this.#folder.removeFolder(from);
  }
}
