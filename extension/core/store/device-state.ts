import { resolve } from "node:path";
import { newId } from "../crypto/random.ts";
import { isVaultError, VaultError } from "../vault-error.ts";
import { DurableFolder } from "./durable-folder.ts";
import { FailedUnlocks } from "./failed-unlocks.ts";
import { diskOps, type FileOps } from "./file-ops.ts";
import { SeenPins } from "./seen-pins.ts";
import { asId, type DeviceState, type Id, type Seen } from "./store.ts";

/**
 * What this device remembers, in a folder that is no part of any vault. Apart from the device's id, everything is in
 * the names of empty files, so that processes that write at once can't undo each other's.
 */
export function openDeviceState(folder: string, ops: FileOps = diskOps): DeviceState {
  return new FolderDeviceState(new DurableFolder(resolve(folder), ops));
}

class FolderDeviceState implements DeviceState {
  readonly #folder: DurableFolder;
  readonly #pins: SeenPins;
  readonly #failed: FailedUnlocks;

  constructor(folder: DurableFolder) {
    this.#folder = folder;
    this.#pins = new SeenPins(folder);
    this.#failed = new FailedUnlocks(folder);
  }

  async deviceId(): Promise<Id> {
    const known = await this.#readId();
    if (known !== undefined) return known;
    await this.#folder.makeRoot();
    const made = newId();
    try {
      await this.#folder.publish(DEVICE, Buffer.from(`${made}\n`));
      return made;
    } catch (error) {
      if (!isVaultError(error, "vault-conflict")) throw error;
      // Another process was first: there is one id.
      return (await this.#readId()) ?? made;
    }
  }

  seen(vault: Id, series: string): Promise<Seen | undefined> {
    return this.#pins.highest(vault, series);
  }

  seenSeries(vault: Id): Promise<readonly string[]> {
    return this.#pins.series(vault);
  }

  remember(vault: Id, series: string, seen: Seen): Promise<void> {
    return this.#pins.add(vault, series, seen);
  }

  forget(vault: Id): Promise<void> {
    return this.#pins.remove(vault);
  }

  noteFailedUnlock(vault: Id, time: number): Promise<void> {
    return this.#failed.note(vault, time);
  }

  takeFailedUnlocks(vault: Id): Promise<readonly number[]> {
    return this.#failed.take(vault);
  }

  async hasConsent(key: string): Promise<boolean> {
    return this.#folder.has(consentPath(key));
  }

  async giveConsent(key: string): Promise<void> {
    const path = consentPath(key);
    await this.#folder.makeRoot();
    await this.#folder.makeFolders([CONSENT]);
    await this.#folder.mark(path);
  }

  async forgetConsent(key: string): Promise<void> {
    await this.#folder.remove(consentPath(key));
  }

  async #readId(): Promise<Id | undefined> {
    const text = (await this.#folder.read(DEVICE, 256))?.toString("latin1").trim();
    if (text === undefined) return undefined;
    const id = asId(text);
    if (id !== undefined) return id;
    throw new VaultError(
      "store-failed",
      `${this.#folder.root}/${DEVICE} is cut or changed. Delete that file: this device then begins an audit chain of its own.`,
    );
  }
}

const DEVICE = "device";
const CONSENT = "consent";

function consentPath(key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new TypeError("A consent's key is a SHA-256 in hex.");
  return `${CONSENT}/${key}`;
}
