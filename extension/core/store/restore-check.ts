import { VaultError } from "../vault-error.ts";
import { decodeAuditSegment } from "./audit-segment.ts";
import { itemsName, LIMIT, parseCommitName, parseRecordName, segmentOf, shardOf } from "./file-layout.ts";
import { sha256Hex } from "./staged-records.ts";
import type { StoredObject } from "./store.ts";

/** Checks a backup's objects one by one: only paths that a vault has, each once, and what a name says of the bytes. */
export class RestoreCheck {
  readonly #paths = new Set<string>();
  /** By environment: the name of the item list that each head asks for. */
  readonly #lists = new Map<string, Map<number, string>>();
  #accounts = 0;

  /** Throws `backup-invalid` for anything that is not an object of a vault. */
  accept({ path, bytes }: StoredObject): void {
    if (this.#paths.has(path)) throw invalid("holds an object twice");
    this.#paths.add(path);
    if (!this.#isSound(path, bytes)) throw invalid("holds what is no object of a vault, or was changed");
  }

  /** Throws `backup-invalid` unless there is an account, and each environment is whole. */
  finish(): void {
    if (this.#accounts !== 1) throw invalid("doesn't hold exactly one account");
    for (const path of this.#paths) {
      const environment = /^env\/[0-9a-f]{32}\//.exec(path)?.[0];
      if (environment === undefined) continue;
      const lists = this.#lists.get(environment) ?? new Map<number, string>();
      const newest = lists.get(Math.max(...lists.keys()));
      if (newest === undefined || !this.#paths.has(`${environment}items/${newest}`)) {
        throw invalid("holds a part of an environment only");
      }
    }
  }

  #isSound(path: string, bytes: Uint8Array): boolean {
    if (ACCOUNT_PATH.test(path)) {
      this.#accounts++;
      return bytes.length > 0 && bytes.length <= LIMIT.account;
    }
    const [, environment, kind, name] = ENVIRONMENT_PATH.exec(path) ?? [];
    if (environment !== undefined && kind !== undefined && name !== undefined) {
      return this.#isEnvironmentObject(environment, kind, name, bytes);
    }
    const file = AUDIT_PATH.exec(path)?.[1];
    return file !== undefined && isAuditFile(file, bytes);
  }

  #isEnvironmentObject(environment: string, kind: string, name: string, bytes: Uint8Array): boolean {
    if (kind === "manifest") {
      const counter = Number(/^([1-9]\d{0,14})\.ovm$/.exec(name)?.[1]);
      const lists = this.#lists.get(environment) ?? new Map<number, string>();
      this.#lists.set(environment, lists.set(counter, itemsName(counter, sha256Hex(bytes))));
      return Number.isInteger(counter) && bytes.length <= LIMIT.head;
    }
    if (kind === "items")
      return parseCommitName(name) !== undefined && name.endsWith(".ovi") && bytes.length <= LIMIT.items;
    const [folder, file, ...rest] = name.split("/");
    const hash = file === undefined || rest.length > 0 ? undefined : parseRecordName(file)?.hash;
    return folder === shardOf(file ?? "") && bytes.length <= LIMIT.record && sha256Hex(bytes) === hash;
  }
}

const ACCOUNT_PATH = /^account\/[1-9]\d{0,14}\.ova$/;
const ENVIRONMENT_PATH = /^(env\/[0-9a-f]{32}\/)(manifest|items|records)\/(.+)$/;
const AUDIT_PATH = /^audit\/[0-9a-f]{32}\/([^/]+)$/;

function isAuditFile(name: string, bytes: Uint8Array): boolean {
  if (/^[1-9]\d{0,14}\.ove$/.test(name)) return bytes.length <= LIMIT.auditEntry;
  const first = Number(/^([1-9]\d{0,14})-\d{1,15}\.ovs$/.exec(name)?.[1]);
  if (!Number.isInteger(first) || segmentOf(first).name !== name || bytes.length > LIMIT.auditSegment) return false;
  return (
    decodeAuditSegment(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), first, segmentOf(first).last) !==
    undefined
  );
}

function invalid(problem: string): VaultError {
  return new VaultError("backup-invalid", `The backup ${problem}. Nothing was written. Use another backup.`);
}
