import type {
  Counted,
  DeviceState,
  Id,
  RecordRef,
  Seen,
  Store,
  StoredManifest,
  StoredObject,
} from "#core/store/store.ts";
import { VaultError } from "#core/vault-error.ts";

/** A store in memory whose every byte a test can look at and change. */
export class MemoryStore implements Store {
  readonly location = "memory";
  readonly accounts: Uint8Array[] = [];
  readonly manifests = new Map<string, { head: Uint8Array; items: Uint8Array }[]>();
  readonly records = new Map<string, Uint8Array>();
  readonly audit = new Map<string, Uint8Array[]>();

  async readAccount(): Promise<Counted | undefined> {
    const bytes = this.accounts.at(-1);
    return bytes && { counter: this.accounts.length, bytes };
  }

  async writeAccount(expected: number, bytes: Uint8Array): Promise<void> {
    if (this.accounts.length !== expected) throw conflict();
    this.accounts.push(bytes);
  }

  async readManifest(environment: Id, have?: number): Promise<StoredManifest | undefined> {
    const list = this.manifests.get(environment);
    const last = list?.at(-1);
    return last === undefined || list!.length === have ? undefined : { counter: list!.length, ...last };
  }

  async readManifestHead(environment: Id, counter: number): Promise<Uint8Array | undefined> {
    return this.manifests.get(environment)?.[counter - 1]?.head;
  }

  async readRecord(environment: Id, ref: RecordRef): Promise<Uint8Array> {
    const bytes = this.records.get(recordKey(environment, ref));
    if (bytes === undefined) throw new VaultError("vault-damaged", "A record is missing.");
    return bytes;
  }

  async commit(
    environment: Id,
    expected: number,
    manifest: { head: Uint8Array; items: Uint8Array },
    records: readonly (RecordRef & { bytes: Uint8Array })[],
  ): Promise<void> {
    const list = this.manifests.get(environment) ?? [];
    if (list.length !== expected) throw conflict();
    for (const record of records) this.records.set(recordKey(environment, record), record.bytes);
    this.manifests.set(environment, [...list, manifest]);
  }

  async deleteRecords(environment: Id, refs: readonly RecordRef[]): Promise<void> {
    for (const ref of refs) this.records.delete(recordKey(environment, ref));
  }

  async listRecords(environment: Id, item: Id): Promise<readonly RecordRef[]> {
    return [...this.records.keys()].flatMap((key) => {
      const [where, found, version, epoch, hash] = key.split("/");
      if (where !== environment || found !== item) return [];
      return [{ item, version: Number(version), epoch: Number(epoch), hash: hash! }];
    });
  }

  async deleteEnvironment(environment: Id): Promise<void> {
    this.manifests.delete(environment);
    for (const key of this.records.keys()) if (key.startsWith(`${environment}/`)) this.records.delete(key);
  }

  async appendAudit(device: Id, seq: number, bytes: Uint8Array): Promise<void> {
    const list = this.audit.get(device) ?? [];
    if (list.length !== seq - 1) throw conflict();
    this.audit.set(device, [...list, bytes]);
  }

  async readAudit(device: Id, from: number): Promise<readonly Uint8Array[]> {
    return (this.audit.get(device) ?? []).slice(from - 1);
  }

  async auditDevices(): Promise<readonly Id[]> {
    return [...this.audit.keys()] as Id[];
  }

  backup(): AsyncIterable<StoredObject> {
    throw new Error("not part of this double");
  }

  async restore(): Promise<void> {
    throw new Error("not part of this double");
  }

  /** Every stored byte, for tests that look for what must not be there. */
  everything(): Buffer {
    const manifests = [...this.manifests.values()].flat().flatMap(({ head, items }) => [head, items]);
    return Buffer.concat([
      ...this.accounts,
      ...manifests,
      ...this.records.values(),
      ...[...this.audit.values()].flat(),
    ]);
  }
}

export class MemoryDevice implements DeviceState {
  readonly #seen = new Map<string, Seen>();
  readonly #consents = new Set<string>();
  #failed: number[] = [];

  async deviceId(): Promise<Id> {
    return "d".repeat(32) as Id;
  }

  async seen(vault: Id, series: string): Promise<Seen | undefined> {
    return this.#seen.get(`${vault}/${series}`);
  }

  async seenSeries(vault: Id): Promise<readonly string[]> {
    return [...this.#seen.keys()]
      .filter((key) => key.startsWith(`${vault}/`))
      .map((key) => key.slice(vault.length + 1));
  }

  async remember(vault: Id, series: string, seen: Seen): Promise<void> {
    const known = this.#seen.get(`${vault}/${series}`);
    if (known === undefined || known.counter <= seen.counter) this.#seen.set(`${vault}/${series}`, seen);
  }

  async forget(): Promise<void> {
    this.#seen.clear();
  }

  async noteFailedUnlock(_vault: Id, time: number): Promise<void> {
    this.#failed.push(time);
  }

  async takeFailedUnlocks(): Promise<readonly number[]> {
    const taken = this.#failed;
    this.#failed = [];
    return taken;
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

function recordKey(environment: Id, ref: RecordRef): string {
  return `${environment}/${ref.item}/${ref.version}/${ref.epoch}/${ref.hash}`;
}

function conflict(): VaultError {
  return new VaultError("vault-conflict", "Another writer was first.");
}
