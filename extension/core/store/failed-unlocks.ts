import { randomBuffer } from "../crypto/random.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { asId, type Id } from "./store.ts";

/** Times of failed unlocks, one empty file each: `failed/<vault>/<time>-<random>`. */
export class FailedUnlocks {
  readonly #folder: DurableFolder;

  constructor(folder: DurableFolder) {
    this.#folder = folder;
  }

  /** From the thousandth on, further ones are dropped: somebody who guesses must not fill the disk. */
  async note(vault: Id, time: number): Promise<void> {
    const path = pathOf(vault);
    if ((await this.#folder.list(path)).length >= MAX_NOTES) return;
    await this.#folder.makeRoot();
    for (const folder of [FAILED, path]) await this.#folder.makeFolders([folder]);
    await this.#folder.mark(`${path}/${Math.trunc(time)}-${randomBuffer(4).toString("hex")}`);
  }

  /** Each is handed to one process only, oldest first. */
  async take(vault: Id): Promise<readonly number[]> {
    const path = pathOf(vault);
    const taken: number[] = [];
    for (const name of await this.#folder.list(path)) {
      const time = /^(\d{1,15})-[0-9a-f]{8}$/.exec(name)?.[1];
      if (time !== undefined && (await this.#folder.remove(`${path}/${name}`))) taken.push(Number(time));
    }
    return taken.sort((a, b) => a - b);
  }
}

const FAILED = "failed";
const MAX_NOTES = 1000;

function pathOf(vault: Id): string {
  if (asId(vault) === undefined) throw new TypeError("This is no vault's id.");
  return `${FAILED}/${vault}`;
}
