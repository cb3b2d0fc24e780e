import type { DeviceState, Id, Seen } from "./store.ts";

/** What a process remembers that has no device: of a machine with a token. It ends with the process. */
export class MemoryDeviceState implements DeviceState {
  readonly #id: Id;
  readonly #seen = new Map<string, Map<string, Seen>>();
  readonly #consents = new Set<string>();

  constructor(id: Id) {
    this.#id = id;
  }

  async deviceId(): Promise<Id> {
    return this.#id;
  }

  async seen(vault: Id, series: string): Promise<Seen | undefined> {
    return this.#seen.get(vault)?.get(series);
  }

  async seenSeries(vault: Id): Promise<readonly string[]> {
    return [...(this.#seen.get(vault)?.keys() ?? [])];
  }

  async remember(vault: Id, series: string, seen: Seen): Promise<void> {
    const known = this.#seen.get(vault) ?? new Map<string, Seen>();
    this.#seen.set(vault, known);
    if ((known.get(series)?.counter ?? 0) < seen.counter) known.set(series, seen);
  }

  async forget(vault: Id): Promise<void> {
    this.#seen.delete(vault);
  }

  /** A token is locked by no password. */
  async noteFailedUnlock(): Promise<void> {}

  async takeFailedUnlocks(): Promise<readonly number[]> {
    return [];
  }

  async hasConsent(key: string): Promise<boolean> {
    return this.#consents.has(key);
  }

  async giveConsent(key: string): Promise<void> {
    this.#consents.add(key);
  }

  async forgetConsent(key: string): Promise<void> {
    this.#consents.delete(key);
  }
}
