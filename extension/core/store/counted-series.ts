import type { DurableFolder } from "./durable-folder.ts";
import { conflict } from "./file-error.ts";
import { TEMPORARY } from "./publish-file.ts";

/** Files `<counter><ending>` of one folder, where each counter is created exactly once, whoever races for it. */
export class CountedSeries {
  readonly #folder: DurableFolder;
  readonly #path: string;
  readonly #ending: string;
  readonly #limit: number;
  readonly #keep: number;

  /** `limit` is the largest size in bytes, `keep` how many of the newest outlive `prune`. */
  constructor(folder: DurableFolder, path: string, ending: string, { limit, keep }: { limit: number; keep: number }) {
    this.#folder = folder;
    this.#path = path;
    this.#ending = ending;
    this.#limit = limit;
    this.#keep = keep;
  }

  /** The highest counter, or 0. Cheap however long the history is, since pruning keeps the listing short. */
  async newest(): Promise<number> {
    let newest = 0;
    for (const counter of await this.counters()) newest = Math.max(newest, counter);
    // A listing may miss what was created while it ran.
    while (newest > 0 && (await this.has(newest + 1))) newest++;
    return newest;
  }

  /** All that are there, in no order. */
  async counters(): Promise<readonly number[]> {
    const counters = (await this.#folder.list(this.#path)).map((name) => this.#parse(name));
    return counters.filter((counter) => counter !== undefined);
  }

  has(counter: number): Promise<boolean> {
    return this.#folder.has(this.path(counter));
  }

  read(counter: number): Promise<Buffer | undefined> {
    return this.#folder.read(this.path(counter), this.#limit);
  }

  path(counter: number): string {
    return `${this.#path}/${counter}${this.#ending}`;
  }

  /** Refuses with `vault-conflict` unless `expected` is the newest counter; 0 = there is none yet. */
  async requireNewest(expected: number): Promise<void> {
    const newest =
      expected === 0 ? (await this.newest()) === 0 : (await this.has(expected)) && !(await this.has(expected + 1));
    if (!newest) throw conflict(`${this.#folder.root}/${this.path(expected + 1)}`);
  }

  /** Creates `expected + 1`. When it is there, it is the newest state; that is the point of no return of a write. */
  async publish(expected: number, bytes: Uint8Array): Promise<void> {
    await this.requireNewest(expected);
    const path = this.path(expected + 1);
    await this.#folder.publish(path, bytes);
    // A process that slept since the line before could create a counter again that was long used and pruned.
    if ((await this.newest()) <= expected + this.#keep) return;
    await this.#folder.remove(path);
    throw conflict(`${this.#folder.root}/${path}`);
  }

  /** Removes all but the newest, and temporary files that nobody can be writing any more. */
  async prune(): Promise<void> {
    const counters = [...(await this.counters())].sort((a, b) => a - b);
    for (const counter of counters.slice(0, -this.#keep)) await this.#folder.remove(this.path(counter));
    await removeOldTemporaries(this.#folder, this.#path);
  }

  #parse(name: string): number | undefined {
    const digits = name.endsWith(this.#ending) ? name.slice(0, -this.#ending.length) : "";
    const counter = Number(digits);
    return /^[1-9]\d{0,15}$/.test(digits) && Number.isSafeInteger(counter) ? counter : undefined;
  }
}

/** Removes what crashed writers left; younger files may belong to a living one. */
export async function removeOldTemporaries(folder: DurableFolder, path: string): Promise<void> {
  for (const name of await folder.list(path)) {
    if (!name.endsWith(TEMPORARY)) continue;
    const modified = await folder.modified(`${path}/${name}`);
    if (modified !== undefined && modified < Date.now() - ABANDONED_MS) await folder.remove(`${path}/${name}`);
  }
}

export const ABANDONED_MS = 60 * 60_000;
