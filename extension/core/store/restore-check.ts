import { VaultError } from "../vault-error.ts";
import { decodeAuditSegment } from "./audit-segment.ts";
import { itemsName, parseCommitName, parseRecordName, segmentOf, sha256Hex, shardOf } from "./file-layout.ts";
import { LIMIT } from "./size-limits.ts";
import type { StoredObject } from "./store.ts";

/** Checks a backup's objects one by one: only paths that a vault has, each once, and what a name says of the bytes. */
export class RestoreCheck {
  readonly #paths = new Set<string>();
  /** By environment: its newest counter, and the item list that its head asks for. */
  readonly #newest = new Map<string, { readonly counter: number; readonly list: string }>();
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
    for (const [environment, { list }] of this.#newest) {
      if (!this.#paths.has(`${environment}items/${list}`)) throw invalid("holds a part of an environment only");
    }
  }

  #isSound(path: string, bytes: Uint8Array): boolean {
    if (ACCOUNT_PATH.test(path)) {
      this.#accounts++;
      return bytes.length > 0 && bytes.length <= LIMIT.account;
    }
    const [, environment, kind, name] = ENVIRONMENT_PATH.exec(path) ?? [];
    if (environment !== undefined && kind !== undefined && name !== undefined) {
      // An environment without a head asks for a list of no name, which is never there.
      if (!this.#newest.has(environment)) this.#newest.set(environment, { counter: 0, list: "" });
      return this.#isEnvironmentObject(environment, kind, name, bytes);
    }
    const file = AUDIT_PATH.exec(path)?.[1];
    return file !== undefined && isAuditFile(file, bytes);
  }

  #isEnvironmentObject(environment: string, kind: string, name: string, bytes: Uint8Array): boolean {
    if (kind === "manifest") {
      const counter = Number(/^([1-9]\d{0,14})\.ovm$/.exec(name)?.[1]);
      if (counter > this.#newest.get(environment)!.counter) {
        this.#newest.set(environment, { counter, list: itemsName(counter, sha256Hex(bytes)) });
      }
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
