import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { u32, u64 } from "../../crypto/pae.ts";
import { fingerprint, KEM_KEY_BYTES, SIGN_KEY_BYTES } from "../../vault/identity.ts";
import { eachAtOnce } from "../each-at-once.ts";
import { parseRecordName, recordName, sha256Hex } from "../file-layout.ts";
import { LIMIT } from "../size-limits.ts";
import { asId, type Counted, type Id, type PublicAccount, type RecordRef, type StoredManifest } from "../store.ts";
import { readChecked, removeChecked, writeChecked } from "./checked-file.ts";

/**
 * What the server answered last, in a folder of this device: ciphertext only. It is believed no more than the server:
 * the session verifies all of it.
 */
export class CiphertextCache {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = resolve(folder);
  }

  async account(): Promise<Counted | undefined> {
    const stored = await readChecked(join(this.#root, "account"), LIMIT.account + 8);
    return stored && { counter: counterOf(stored), bytes: stored.subarray(8) };
  }

  async keepAccount({ counter, bytes }: Counted): Promise<void> {
    await writeChecked(join(this.#root, "account"), u64(counter), bytes);
  }

  async manifest(environment: Id): Promise<StoredManifest | undefined> {
    const stored = await readChecked(join(this.#of(environment), "manifest"), LIMIT.head + LIMIT.items + 12);
    if (stored === undefined) return undefined;
    const end = 12 + stored.readUInt32BE(8);
    return { counter: counterOf(stored), head: stored.subarray(12, end), items: stored.subarray(end) };
  }

  async keepManifest(environment: Id, { counter, head, items }: StoredManifest): Promise<void> {
    await writeChecked(join(this.#of(environment), "manifest"), u64(counter), u32(head.length), head, items);
  }

  async head(environment: Id, counter: number): Promise<Buffer | undefined> {
    return readChecked(join(this.#of(environment), "heads", String(counter)), LIMIT.head);
  }

  async keepHead(environment: Id, counter: number, head: Uint8Array): Promise<void> {
    await writeChecked(join(this.#of(environment), "heads", String(counter)), head);
  }

  async dropHeadsBelow(environment: Id, counter: number): Promise<void> {
    const folder = join(this.#of(environment), "heads");
    const names = await readdir(folder).catch(() => []);
    for (const name of names) if (!(Number(name) >= counter)) await removeChecked(join(folder, name));
  }

  async record(environment: Id, ref: RecordRef): Promise<Buffer | undefined> {
    const bytes = await readChecked(this.#record(environment, ref), LIMIT.record);
    return bytes !== undefined && sha256Hex(bytes) === ref.hash ? bytes : undefined;
  }

  async keepRecords(environment: Id, records: readonly (RecordRef & { readonly bytes: Uint8Array })[]): Promise<void> {
    await eachAtOnce(records, (record) => writeChecked(this.#record(environment, record), record.bytes));
  }

  async removeRecords(environment: Id, refs: readonly RecordRef[]): Promise<void> {
    for (const ref of refs) await removeChecked(this.#record(environment, ref));
  }

  /** Removes the records that are not in `kept`: other versions, or those that another device purged. */
  async keepOnly(environment: Id, kept: ReadonlySet<string>): Promise<void> {
    const folder = join(this.#of(environment), "records");
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const ref = parseRecordName(name);
      if (ref === undefined || !kept.has(ref.hash)) await removeChecked(join(folder, name));
    }
  }

  async environments(): Promise<readonly Id[]> {
    const names = await readdir(join(this.#root, "env")).catch(() => []);
    return names.map(asId).filter((id) => id !== undefined);
  }

  async removeEnvironment(environment: Id): Promise<void> {
    await removeChecked(this.#of(environment));
  }

  /** Somebody's public keys, by fingerprint (hex), which they hash to. */
  async person(name: string): Promise<PublicAccount | undefined> {
    const stored = await readChecked(this.#person(name), PERSON_BYTES);
    if (stored?.length !== PERSON_BYTES) return undefined;
    const account = stored.toString("hex", 0, 16) as Id; // 16 bytes are always 32 hexadecimal digits
    const keys = { signKey: stored.subarray(16, 16 + SIGN_KEY_BYTES), kemKey: stored.subarray(16 + SIGN_KEY_BYTES) };
    return fingerprint(account, keys).toString("hex") === name ? { account, ...keys } : undefined;
  }

  async keepPerson(name: string, { account, signKey, kemKey }: PublicAccount): Promise<void> {
    await writeChecked(this.#person(name), Buffer.from(account, "hex"), signKey, kemKey);
  }

  /** When the server answered last, in ms since 1970. */
  async answeredAt(): Promise<number | undefined> {
    const stored = await readChecked(join(this.#root, "answered"), 8);
    return stored && counterOf(stored);
  }

  async keepAnsweredAt(time: number): Promise<void> {
    await writeChecked(join(this.#root, "answered"), u64(time));
  }

  /** The end of this device's audit chain, as the server has it. */
  async lastAudit(device: Id): Promise<{ readonly seq: number; readonly entry: Buffer } | undefined> {
    const stored = await readChecked(join(this.#root, "audit", device), LIMIT.auditEntry + 8);
    return stored && { seq: counterOf(stored), entry: stored.subarray(8) };
  }

  async keepLastAudit(device: Id, seq: number, entry: Uint8Array): Promise<void> {
    await writeChecked(join(this.#root, "audit", device), u64(seq), entry);
  }

  async remove(): Promise<void> {
    await removeChecked(this.#root);
  }

  #of(environment: Id): string {
    if (asId(environment) === undefined) throw new TypeError("This is no id.");
    return join(this.#root, "env", environment);
  }

  #person(name: string): string {
    if (!/^[0-9a-f]{64}$/.test(name)) throw new TypeError("This is no fingerprint.");
    return join(this.#root, "people", name);
  }

  #record(environment: Id, ref: RecordRef): string {
    return join(this.#of(environment), "records", recordName(ref));
  }
}

const PERSON_BYTES = 16 + SIGN_KEY_BYTES + KEM_KEY_BYTES;

function counterOf(stored: Buffer): number {
  return stored.length < 8 ? 0 : Number(stored.readBigUInt64BE(0));
}
