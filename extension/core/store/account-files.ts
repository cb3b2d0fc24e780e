import { VaultError } from "../vault-error.ts";
import { CountedSeries } from "./counted-series.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { missing } from "./file-error.ts";
import { ACCOUNT, AUDIT, ENVIRONMENTS, MARKER } from "./file-layout.ts";
import { LIMIT, refuseLarge } from "./size-limits.ts";
import type { Counted } from "./store.ts";

/** The account objects of a vault, and the file that says which format the folder has. */
export class AccountFiles {
  readonly series: CountedSeries;
  readonly #folder: DurableFolder;
  #formatKnown = false;
  /** The counter that was read last; 0 = none. */
  #newest = 0;

  constructor(folder: DurableFolder) {
    this.#folder = folder;
    this.series = new CountedSeries(folder, ACCOUNT, ".ova", { limit: LIMIT.account, keep: KEPT_NAMES });
  }

  async read(): Promise<Counted | undefined> {
    if (!(await this.#checkFormat())) return undefined;
    // Mostly nobody wrote since the last time. A read that then finds no newer one saw the newest.
    const last = this.#newest;
    const known = last === 0 ? undefined : await this.series.read(last);
    if (known !== undefined && known.length > 0 && !(await this.series.has(last + 1))) {
      return { counter: last, bytes: known };
    }
    for (let before = 0; ; ) {
      const counter = await this.series.newest();
      if (counter === 0) return undefined;
      const bytes = await this.series.read(counter);
      if (bytes !== undefined && bytes.length > 0) {
        this.#newest = counter;
        return { counter, bytes };
      }
      // Emptied while it was read, if there is a newer one by now; else it was cut.
      if (counter === before) throw missing(`${this.#folder.root}/${this.series.path(counter)}`);
      before = counter;
    }
  }

  async write(expected: number, bytes: Uint8Array): Promise<void> {
    refuseLarge("The account", bytes, LIMIT.account);
    if (expected === 0) await this.#makeVault();
    else await this.requireVault();
    await this.series.publish(expected, bytes);
    // The change is safe by now. What fails below is done by a later write.
    await this.#tidy(expected + 1).catch(() => {});
  }

  /** Refuses with `vault-absent` where there is no vault, and with `format-unsupported` where it is a newer one. */
  async requireVault(): Promise<void> {
    if (await this.#checkFormat()) return;
    throw absent(this.#folder.root);
  }

  async #checkFormat(): Promise<boolean> {
    if (this.#formatKnown) return true;
    const text = (await this.#folder.read(MARKER, LIMIT.marker))?.toString("latin1");
    if (text === undefined) {
      if ((await this.series.newest()) > 0) throw missing(`${this.#folder.root}/${MARKER}`);
      return false;
    }
    const format = text.split("\n", 1)[0]!;
    if (format !== FORMAT) throw unsupported(this.#folder.root, format);
    this.#formatKnown = true;
    return true;
  }

  async #makeVault(): Promise<void> {
    await this.series.requireNewest(0);
    await this.#folder.makeRoot();
    if (!(await this.#checkFormat())) {
      await this.#folder.publish(MARKER, MARKER_BYTES).catch(async (error: unknown) => {
        if (!(await this.#checkFormat())) throw error; // else another process was first, with the same
      });
    }
    await this.#folder.makeFolders([ENVIRONMENTS, AUDIT, ACCOUNT]);
  }

  /** Older account objects open with older passwords, so their bytes go at once. Names stay for a while: see `publish`. */
  async #tidy(newest: number): Promise<void> {
    for (const counter of await this.series.counters()) {
      if (counter < newest) await this.#folder.empty(this.series.path(counter));
    }
    await this.series.prune();
  }
}

const FORMAT = "ov1";
export const MARKER_BYTES: Uint8Array = Buffer.from(`${FORMAT}\nA vault of OpaqueVault. Do not change these files.\n`);
const KEPT_NAMES = 16;

export function absent(root: string): VaultError {
  return new VaultError("vault-absent", `There is no vault in ${root}. Make one with "ov vault init".`);
}

function unsupported(root: string, format: string): VaultError {
  if (/^ov\d{1,4}$/.test(format)) {
    return new VaultError(
      "format-unsupported",
      `The vault in ${root} has the format ${format}, and this version knows ${FORMAT}. Update OpaqueVault.`,
    );
  }
  return missing(`${root}/${MARKER}`);
}
