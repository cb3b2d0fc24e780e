import type { DurableFolder } from "./durable-folder.ts";
import { asId, type Id, type Seen } from "./store.ts";

/**
 * The highest counter seen of each series, as the name of an empty file: `seen/<vault>/<series>/<counter>-<hash>`.
 * A process adds its file before it removes lower ones, so the highest is there at every moment, and none can lower it.
 */
export class SeenPins {
  readonly #folder: DurableFolder;

  constructor(folder: DurableFolder) {
    this.#folder = folder;
  }

  async highest(vault: Id, series: string): Promise<Seen | undefined> {
    return (await this.#list(seriesPath(vault, series)))[0];
  }

  async series(vault: Id): Promise<readonly string[]> {
    return (await this.#folder.list(vaultPath(vault))).filter((name) => SERIES_NAME.test(name));
  }

  async add(vault: Id, series: string, seen: Seen): Promise<void> {
    const path = seriesPath(vault, series);
    const name = nameOf(seen);
    const [highest, ...lower] = await this.#list(path);
    // Another hash of the same counter is no news either: the first one stands, and the other is a rollback.
    if (highest !== undefined && highest.counter >= seen.counter) return;
    if (highest === undefined) {
      await this.#folder.makeRoot();
      for (const folder of [SEEN, `${SEEN}/${vault}`, path]) await this.#folder.makeFolders([folder]);
    }
    await this.#folder.mark(`${path}/${name}`);
    // The one below stays too, for a reader whose listing began before the new one was there.
    for (const old of lower) await this.#folder.remove(`${path}/${nameOf(old)}`);
  }

  async remove(vault: Id): Promise<void> {
    await this.#folder.removeFolder(vaultPath(vault));
    if (await this.#folder.has(SEEN)) await this.#folder.sync(SEEN);
  }

  /** Highest first; of two hashes of one counter the lower one, so that every process sees the same. */
  async #list(path: string): Promise<readonly Seen[]> {
    const names = (await this.#folder.list(path)).map(parseName).filter((seen) => seen !== undefined);
    return names.sort((a, b) => b.counter - a.counter || (a.hash < b.hash ? -1 : 1));
  }
}

const SEEN = "seen";
const SERIES_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

function vaultPath(vault: Id): string {
  if (asId(vault) === undefined) throw new TypeError("This is no vault's id.");
  return `${SEEN}/${vault}`;
}

function seriesPath(vault: Id, series: string): string {
  if (!SERIES_NAME.test(series)) throw new TypeError("This is no name of a series.");
  return `${vaultPath(vault)}/${series}`;
}

function nameOf({ counter, hash }: Seen): string {
  const name = `${counter}-${hash}`;
  if (parseName(name) === undefined) throw new TypeError("This is no counter and SHA-256 in hex.");
  return name;
}

function parseName(name: string): Seen | undefined {
  const [, counter, hash] = /^([1-9]\d{0,15})-([0-9a-f]{64})$/.exec(name) ?? [];
  if (counter === undefined || hash === undefined || !Number.isSafeInteger(Number(counter))) return undefined;
  return { counter: Number(counter), hash };
}
