import { resolve } from "node:path";
import { AccountFiles } from "./account-files.ts";
import { AuditFiles, auditDevices } from "./audit-files.ts";
import { DurableFolder } from "./durable-folder.ts";
import { EnvironmentFiles } from "./environment-files.ts";
import { backupFiles } from "./file-backup.ts";
import { environmentPath } from "./file-layout.ts";
import { diskOps, type FileOps } from "./file-ops.ts";
import { restoreFiles } from "./file-restore.ts";
import { removeEnvironment, removeLeftovers } from "./remove-environment.ts";
import type { Counted, Id, NewRecord, RecordRef, Store, StoredManifest, StoredObject } from "./store.ts";

/** A vault in one folder of this machine, for several processes at once, and safe against a crash at any moment. */
export function openFileStore(folder: string, ops: FileOps = diskOps): Store {
  return new FileStore(resolve(folder), ops);
}

class FileStore implements Store {
  readonly location: string;
  readonly #ops: FileOps;
  readonly #folder: DurableFolder;
  readonly #account: AccountFiles;
  readonly #environments = new Map<Id, EnvironmentFiles>();

  constructor(location: string, ops: FileOps) {
    this.location = location;
    this.#ops = ops;
    this.#folder = new DurableFolder(location, ops);
    this.#account = new AccountFiles(this.#folder);
  }

  readAccount(): Promise<Counted | undefined> {
    return this.#account.read();
  }

  async writeAccount(expected: number, bytes: Uint8Array): Promise<void> {
    await this.#account.write(expected, bytes);
    await removeLeftovers(this.#folder).catch(() => {});
  }

  async readManifest(environment: Id, have?: number): Promise<StoredManifest | undefined> {
    return this.#environment(environment).readManifest(have);
  }

  async readManifestHead(environment: Id, counter: number): Promise<Uint8Array | undefined> {
    return this.#environment(environment).heads.read(counter);
  }

  async readRecord(environment: Id, ref: RecordRef): Promise<Uint8Array> {
    return this.#environment(environment).records.read(ref);
  }

  async commit(
    environment: Id,
    expected: number,
    manifest: { readonly head: Uint8Array; readonly items: Uint8Array },
    records: readonly NewRecord[],
  ): Promise<void> {
    await this.#account.requireVault();
    await this.#environment(environment).commit(expected, manifest, records);
  }

  async deleteRecords(environment: Id, refs: readonly RecordRef[]): Promise<void> {
    await this.#environment(environment).records.delete(refs);
  }

  async listRecords(environment: Id, item: Id): Promise<readonly RecordRef[]> {
    return this.#environment(environment).records.list(item);
  }

  async deleteEnvironment(environment: Id): Promise<void> {
    this.#environments.delete(environment);
    await removeEnvironment(this.#folder, environmentPath(environment));
  }

  async appendAudit(device: Id, seq: number, bytes: Uint8Array): Promise<void> {
    await this.#account.requireVault();
    await new AuditFiles(this.#folder, device).append(seq, bytes);
  }

  async readAudit(device: Id, from: number): Promise<readonly Uint8Array[]> {
    return new AuditFiles(this.#folder, device).read(from);
  }

  async auditDevices(): Promise<readonly Id[]> {
    return auditDevices(this.#folder);
  }

  async *backup(): AsyncIterable<StoredObject> {
    await this.#account.requireVault();
    yield* backupFiles(this.#folder, this.#account);
  }

  async restore(objects: Iterable<StoredObject>): Promise<void> {
    await restoreFiles(this.#folder, this.#ops, objects);
  }

  /** Kept, since a listing comes here for every record. */
  #environment(id: Id): EnvironmentFiles {
    let files = this.#environments.get(id);
    if (files === undefined) {
      files = new EnvironmentFiles(this.#folder, id);
      this.#environments.set(id, files);
    }
    return files;
  }
}
