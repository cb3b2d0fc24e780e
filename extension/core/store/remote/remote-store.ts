import { sha256 } from "../../crypto/hash.ts";
import { pae } from "../../crypto/pae.ts";
import { readSealedAccount } from "../../vault/account.ts";
import { VaultError } from "../../vault-error.ts";
import { conflict, missing } from "../file-error.ts";
import { LIMIT, refuseLarge } from "../size-limits.ts";
import type {
  Counted,
  Id,
  LoginChange,
  NewGrant,
  NewRecord,
  RecordRef,
  Store,
  StoredManifest,
  StoredObject,
} from "../store.ts";
import { accountAnswer, environmentAnswer, headOf, refsOf } from "./answers.ts";
import { AuditChain } from "./audit-chain.ts";
import type { AuditOutbox } from "./audit-outbox.ts";
import { ChangesSince } from "./changes-since.ts";
import type { CiphertextCache } from "./ciphertext-cache.ts";
import { toText } from "./json-shape.ts";
import { loginBody } from "./login-body.ts";
import { errorOf, type Problem } from "./problem.ts";
import { asRecordBody, asRefBody, REFS_AT_ONCE, RecordReader } from "./record-reader.ts";
import { remoteBackup } from "./remote-backup.ts";
import type { RemoteLink } from "./remote-link.ts";
import { RemoteSharing } from "./remote-sharing.ts";
import { absent, badAnswer } from "./server-error.ts";
import { stageRecords } from "./stage-records.ts";

/**
 * A vault on a server, by sealed calls, with what it answered kept on this device. Like every store it is believed
 * nothing: shapes, sizes and hashes are checked here, all the rest by the session.
 */
export class RemoteStore implements Store {
  readonly location: string;
  readonly conflictTries = 5;
  readonly audit: AuditChain;
  readonly sharing: RemoteSharing;
  readonly #link: RemoteLink;
  readonly #cache: CiphertextCache;
  readonly #records: RecordReader;
  readonly #changes: ChangesSince;
  readonly #reuseMs: number;
  readonly #manifests = new Map<Id, StoredManifest>();
  /** When the server last said that what we have is the newest, by series; steady ms. */
  readonly #confirmed = new Map<string, number>();
  #account: Counted | undefined;

  constructor(options: {
    readonly link: RemoteLink;
    readonly cache: CiphertextCache;
    readonly outbox: AuditOutbox;
    /** For so long (ms) an answer "nothing changed" serves the other reads of the same step. 0 = always ask. */
    readonly reuseMs?: number;
  }) {
    this.#link = options.link;
    this.#cache = options.cache;
    this.#reuseMs = options.reuseMs ?? 0;
    this.#changes = new ChangesSince(options.link);
    this.#records = new RecordReader(options.link, options.cache);
    this.audit = new AuditChain(options.link, options.cache, options.outbox);
    this.sharing = new RemoteSharing(options.link, options.cache);
    this.location = options.link.client.url;
  }

  readAccount(): Promise<Counted | undefined> {
    return this.#link.orOffline(
      () => this.#askAccount(),
      async () => (this.#account ??= await this.#cache.account()),
    );
  }

  async #askAccount(): Promise<Counted | undefined> {
    this.#account ??= await this.#cache.account();
    const known = this.#account;
    if (known !== undefined && (await this.#isNewest("account", known.counter))) return known;
    const asked = performance.now();
    const path = known === undefined ? "/account" : `/account?have=${known.counter}`;
    const answer = await this.#link.ask({ method: "GET", path, hurry: true });
    if ("code" in answer) {
      if (answer.code === "not_found") return undefined;
      throw errorOf(answer, "the account");
    }
    if (answer.status === 304) {
      this.#confirm("account", known?.counter ?? 0, asked);
      return known ?? fail(badAnswer("the account"));
    }
    const found = accountAnswer(answer.body);
    this.#requireOwn(found.bytes);
    // An older one is for the session to refuse, and not for the cache to keep.
    if (found.counter >= (known?.counter ?? 0)) {
      this.#account = found;
      this.#confirm("account", found.counter, asked);
      await this.#cache.keepAccount(found);
    }
    return found;
  }

  async writeAccount(expected: number, bytes: Uint8Array, login?: LoginChange): Promise<void> {
    refuseLarge("The account", bytes, LIMIT.account);
    this.#requireOwn(bytes);
    const body = {
      expected_counter: expected,
      object: toText(bytes),
      write_id: writeIdOf("account", expected, bytes),
      ...(login !== undefined && { login: loginBody(login) }),
      ...(login?.proof !== undefined && { proof: toText(login.proof) }),
    };
    this.#doubt("account");
    await this.#write("/account", body, expected);
    this.#account = { counter: expected + 1, bytes };
    await this.#cache.keepAccount(this.#account);
  }

  async readManifest(environment: Id, have?: number): Promise<StoredManifest | undefined> {
    const found = await this.#link.orOffline(
      () => this.#askManifest(environment, have),
      async () => (await this.#known(environment)) ?? "none",
    );
    if (found === "unchanged" || (found !== "none" && found.counter === have)) return undefined;
    if (found !== "none") return found;
    if ((have ?? 0) > 0) throw missing(`An environment on ${this.location}`);
    return undefined;
  }

  async #askManifest(environment: Id, have: number | undefined): Promise<StoredManifest | "unchanged" | "none"> {
    const known = await this.#known(environment);
    if (known !== undefined && (await this.#isNewest(environment, known.counter))) return known;
    const asked = performance.now();
    const counter = known?.counter ?? have ?? 0;
    const path = `/environments/${environment}${counter > 0 ? `?have=${counter}` : ""}`;
    const answer = await this.#link.ask({ method: "GET", path, hurry: true });
    if ("code" in answer) {
      if (answer.code !== "not_found") throw errorOf(answer, "an environment");
      this.#forget(environment);
      return "none";
    }
    if (answer.status === 304) {
      this.#confirm(environment, counter, asked);
      return known ?? (counter > 0 ? "unchanged" : fail(badAnswer("an environment")));
    }
    const { records, ...manifest } = environmentAnswer(answer.body);
    if (manifest.counter >= counter) {
      this.#confirm(environment, manifest.counter, asked);
      await this.#cache.keepRecords(environment, records);
      await this.#keep(environment, manifest);
    }
    return manifest;
  }

  readManifestHead(environment: Id, counter: number): Promise<Uint8Array | undefined> {
    return this.#link
      .orOffline(
        async () => (await this.#askHead(environment, counter)) ?? "none",
        () => this.#cache.head(environment, counter),
      )
      .then((head) => (head === "none" ? undefined : head));
  }

  async #askHead(environment: Id, counter: number): Promise<Uint8Array | undefined> {
    const path = `/environments/${environment}/heads/${counter}`;
    const answer = await this.#link.ask({ method: "GET", path });
    if (!("code" in answer)) return headOf(answer.body);
    if (answer.code === "not_found") return undefined;
    throw errorOf(answer, "an earlier state of an environment");
  }

  readRecord(environment: Id, ref: RecordRef): Promise<Uint8Array> {
    return this.#records.read(environment, ref);
  }

  async commit(
    environment: Id,
    expected: number,
    manifest: { readonly head: Uint8Array; readonly items: Uint8Array },
    records: readonly NewRecord[],
    grants: readonly NewGrant[] = [],
  ): Promise<void> {
    refuseLarge("A manifest", manifest.head, LIMIT.head);
    refuseLarge("A list of secrets", manifest.items, LIMIT.items);
    for (const record of records) refuseLarge("A secret's record", record.bytes, LIMIT.record);
    const left = await stageRecords(this.#link, environment, records, manifest.head.length + manifest.items.length);
    const body = {
      expected_counter: expected,
      head: toText(manifest.head),
      items: toText(manifest.items),
      records: left.map(asRecordBody),
      write_id: writeIdOf(environment, expected, manifest.head),
      ...(grants.length > 0 && {
        grants: grants.map(({ holder, epoch, bytes }) => ({ holder, epoch, bytes: toText(bytes) })),
      }),
    };
    this.#doubt(environment);
    await this.#write(`/environments/${environment}`, body, expected);
    await this.#cache.keepRecords(environment, records);
    await this.#keep(environment, { counter: expected + 1, ...manifest });
  }

  async deleteRecords(environment: Id, refs: readonly RecordRef[]): Promise<void> {
    for (let at = 0; at < refs.length; at += REFS_AT_ONCE) {
      const part = refs.slice(at, at + REFS_AT_ONCE);
      const path = `/environments/${environment}/records/delete`;
      const answer = await this.#link.ask({ method: "POST", path, body: { refs: part.map(asRefBody) } });
      if ("code" in answer && answer.code !== "not_found") throw errorOf(answer, "a secret's record");
      await this.#cache.removeRecords(environment, part);
    }
  }

  async listRecords(environment: Id, item: Id): Promise<readonly RecordRef[]> {
    const answer = await this.#link.ask({ method: "GET", path: `/environments/${environment}/items/${item}/versions` });
    if (!("code" in answer)) return refsOf(answer.body).filter((ref) => ref.item === item);
    if (answer.code === "not_found") return [];
    throw errorOf(answer, "the versions of a secret");
  }

  async deleteEnvironment(environment: Id): Promise<void> {
    const answer = await this.#link.ask({ method: "DELETE", path: `/environments/${environment}` });
    if ("code" in answer && answer.code !== "not_found") throw errorOf(answer, "an environment");
    this.#forget(environment);
    await this.#cache.removeEnvironment(environment);
  }

  async appendAudit(device: Id, seq: number, bytes: Uint8Array): Promise<void> {
    if (device !== this.#link.device) throw new TypeError("A device writes to its own audit chain.");
    refuseLarge("An audit entry", bytes, LIMIT.auditEntry);
    await this.audit.append(seq, bytes);
  }

  readAudit(device: Id, from: number): Promise<readonly Uint8Array[]> {
    return this.audit.read(device, from);
  }

  auditDevices(): Promise<readonly Id[]> {
    return this.audit.devices();
  }

  backup(): AsyncIterable<StoredObject> {
    return remoteBackup(this, this.#link);
  }

  async restore(): Promise<void> {
    throw new VaultError(
      "argument-invalid",
      'A backup is restored on a machine, not into a server. Run "ov logout", then "ov import", then "ov vault move --to URL".',
    );
  }

  /** The newest manifest that this device has of an environment. */
  async #known(environment: Id): Promise<StoredManifest | undefined> {
    const known = this.#manifests.get(environment) ?? (await this.#cache.manifest(environment));
    if (known !== undefined) this.#manifests.set(environment, known);
    return known;
  }

  async #keep(environment: Id, manifest: StoredManifest): Promise<void> {
    this.#manifests.set(environment, manifest);
    await this.#cache.keepManifest(environment, manifest);
  }

  async #write(path: string, body: { readonly write_id: string }, expected: number): Promise<void> {
    const answer = await this.#link.ask({ method: "PUT", path, body });
    if (!("code" in answer)) return;
    if (isOwnWrite(answer, body.write_id, expected)) return;
    if (answer.code !== "not_found") throw errorOf(answer, "a write");
    throw (await this.readAccount()) === undefined ? absent(this.location) : conflict(this.location);
  }

  /** Whether what we have is the newest, by one call for all that we have, or by one of the same step. */
  async #isNewest(series: string, counter: number): Promise<boolean> {
    const at = this.#confirmed.get(series);
    if (at !== undefined && performance.now() - at < this.#reuseMs) return true;
    const asked = performance.now();
    const isNewest = await this.#changes.isNewest(series, counter, this.#reuseMs);
    if (isNewest) this.#confirmed.set(series, asked);
    return isNewest;
  }

  #confirm(series: string, counter: number, asked: number): void {
    this.#confirmed.set(series, asked);
    this.#changes.note(series, counter);
  }

  #doubt(series: string): void {
    this.#confirmed.delete(series);
    this.#changes.drop(series);
  }

  #forget(environment: Id): void {
    this.#manifests.delete(environment);
    this.#doubt(environment);
  }

  /** Another account's slots would have this user type a master password into a puzzle of somebody else's. */
  #requireOwn(bytes: Uint8Array): void {
    const account = accountOf(bytes);
    if (account === undefined || account === this.#link.account) return;
    throw new VaultError(
      "vault-damaged",
      `${this.location} gave the account of somebody else. Nothing of it was used. Ask the one who runs the server.`,
    );
  }
}

/** A write whose answer was lost, and that was made again after it took place: it was this one that won. */
function isOwnWrite({ code, conflict }: Problem, writeId: string, expected: number): boolean {
  return code === "conflict" && conflict?.writeId === writeId && conflict.counter === expected + 1;
}

/** The same for the same write, whoever sends it again, and for no other. */
function writeIdOf(series: string, expected: number, bytes: Uint8Array): string {
  return sha256(pae("ov-write/1", series, String(expected), bytes)).toString("hex", 0, 16);
}

/** undefined = no account object at all: that is for the session to say. */
function accountOf(bytes: Uint8Array): Id | undefined {
  try {
    return readSealedAccount(bytes).account;
  } catch {
    return undefined;
  }
}

function fail(error: VaultError): never {
  throw error;
}
