import { sha256 } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Id, NewGrant, NewRecord, RecordRef, Seen, StoredManifest } from "../store/store.ts";
import { isVaultError, VaultError } from "../vault-error.ts";
import { keyName } from "./account.ts";
import { adoptManifest, keepNews, type Looked, ownFingerprint } from "./adopt-manifest.ts";
import type { AuditLog } from "./audit-log.ts";
import { type Context, formatContext, type SecretName } from "./context.ts";
import type { EnvironmentEntry } from "./directory.ts";
import { type EnvironmentKeys, environmentKeys, wipeEnvironmentKeys } from "./environment-keys.ts";
import { notAMember, requireRole } from "./environment-role.ts";
import {
  type ManifestHead,
  type Member,
  manifestHash,
  peekManifest,
  type Role,
  signManifest,
  type Token,
} from "./manifest.ts";
import { roleOf } from "./manifest-authority.ts";
import { decodeItems, encodeItems, type Item, type Items, MAX_ITEMS } from "./manifest-items.ts";
import { type OpenAccount, retryConflicts } from "./open-account.ts";
import { openMeta } from "./record.ts";
import { type Found, refuseRollback, rememberSeen, rolledBack } from "./rollback.ts";
import type { RecordPlace, SecretMeta } from "./secret-meta.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { damaged } from "./wire.ts";

/** A verified manifest with its items and keys. Good until the next load. */
export interface EnvironmentState {
  readonly head: ManifestHead;
  readonly hash: Buffer;
  readonly items: Items;
  /** Live ones that were asked for by name: a name leads to its item by two hashes, and a run asks for all of them. */
  readonly byName: Map<SecretName, LiveItem>;
  readonly keys: EnvironmentKeys;
  /** This account's own. */
  readonly role: Role;
}

export interface LiveItem {
  readonly item: Item;
  readonly tag: Uint8Array;
}

/** What a change writes: new records, and the items as they are afterwards. What is left out stays as it is. */
export interface EnvironmentEdit {
  readonly items: Items;
  readonly records: readonly NewRecord[];
  /** A new epoch, whose key the account already holds. This and all below is for admins. */
  readonly epoch?: number;
  readonly members?: readonly Member[];
  readonly tokens?: readonly Token[];
  readonly grants?: readonly NewGrant[];
}

/** One environment of an unlocked vault: loads what the store holds, verified, and changes it by compare-and-swap. */
export class OpenEnvironment {
  readonly context: Context;
  readonly entry: EnvironmentEntry;
  readonly #deps: VaultDeps;
  readonly #account: OpenAccount;
  readonly #audit: AuditLog;
  readonly #records = new Map<string, Uint8Array>();
  readonly #metas = new Map<string, SecretMeta>();
  readonly #keys = new Map<number, EnvironmentKeys>();
  #state: EnvironmentState | undefined;

  /** `firstKey` is the key of epoch 1 of an environment that is being made, before the account holds it. */
  constructor(
    deps: VaultDeps,
    account: OpenAccount,
    audit: AuditLog,
    entry: EnvironmentEntry,
    context: Context,
    firstKey?: Uint8Array,
  ) {
    this.#deps = deps;
    this.#account = account;
    this.#audit = audit;
    this.entry = entry;
    this.context = context;
    if (firstKey !== undefined) this.#keys.set(1, environmentKeys(firstKey, this.names));
  }

  async load(): Promise<EnvironmentState> {
    const known = this.#state;
    const seen = await this.#deps.device.seen(this.#account.current.vault, this.entry.id);
    const stored = await this.#deps.store.readManifest(this.entry.id, known?.head.counter).catch((error: unknown) => {
      throw this.entry.shared !== undefined && isVaultError(error, "vault-damaged") ? notAMember(this.what) : error;
    });
    if (stored === undefined && known === undefined) {
      throw this.entry.shared === undefined ? damaged(`The manifest of ${this.what}`) : notAMember(this.what);
    }
    if (stored === undefined) {
      refuseRollback(seen, this.#found(known!.head.counter, known!.hash));
      return known!;
    }
    if (known !== undefined && stored.counter < known.head.counter) {
      throw rolledBack(this.what, `at counter ${stored.counter}`, known.head.counter);
    }
    return this.#adopt(stored, seen);
  }

  /** Applies a change to the newest state; after a lost race, to the newer one. `edit` throws to refuse. */
  async change(edit: (state: EnvironmentState) => Promise<EnvironmentEdit>): Promise<EnvironmentState> {
    return retryConflicts(this.#deps.store, async () => {
      const state = await this.load();
      requireRole(state.role, "writer", formatContext(this.context));
      const written = await edit(state);
      const { epoch, members, tokens, grants } = written;
      const isForAdmins = [epoch, members, tokens, grants].some((each) => each !== undefined);
      if (isForAdmins) requireRole(state.role, "admin", formatContext(this.context));
      return this.#commit(written, state);
    });
  }

  /** Writes the first manifest of a new environment. */
  async create(): Promise<void> {
    await this.#commit({ items: new Map(), records: [], epoch: 1 }, undefined);
  }

  /** The account has another one for an epoch that nobody has begun. */
  forgetKey(epoch: number): void {
    const keys = this.#keys.get(epoch);
    if (keys !== undefined) wipeEnvironmentKeys(keys);
    this.#keys.delete(epoch);
  }

  hasKey(epoch: number): boolean {
    return this.#keys.has(epoch) || this.#account.current.keys.has(keyName(this.entry.id, epoch));
  }

  keysOf(epoch: number): EnvironmentKeys {
    let keys = this.#keys.get(epoch);
    if (keys === undefined) {
      keys = environmentKeys(this.#account.environmentKey(this.entry.id, epoch), this.names);
      this.#keys.set(epoch, keys);
    }
    return keys;
  }

  /** The record's ciphertext, which has the hash that a manifest or a later version names. */
  async record(ref: RecordRef): Promise<Uint8Array> {
    const cached = this.#records.get(ref.hash);
    if (cached !== undefined) return cached;
    const bytes = await this.#deps.store.readRecord(this.entry.id, ref);
    if (sha256(bytes).toString("hex") !== ref.hash) throw damaged("A secret's record");
    if (bytes.length <= MAX_CACHED_BYTES) this.#records.set(ref.hash, bytes);
    return bytes;
  }

  async meta(ref: RecordRef, pathTag: Uint8Array): Promise<SecretMeta> {
    let meta = this.#metas.get(ref.hash);
    if (meta === undefined) {
      meta = openMeta(this.keysOf(ref.epoch), this.place(ref, pathTag), await this.record(ref));
      this.#metas.set(ref.hash, meta);
    }
    return meta;
  }

  place(ref: Omit<RecordRef, "hash">, pathTag: Uint8Array): RecordPlace {
    const { item, version, epoch } = ref;
    return { ...this.ids, item, version, epoch, pathTag };
  }

  wipe(): void {
    for (const keys of this.#keys.values()) wipeEnvironmentKeys(keys);
    this.#keys.clear();
    this.#records.clear();
    this.#metas.clear();
    this.#state = undefined;
  }

  /** Its owner's, which all that is sealed is bound to. */
  get ids(): { readonly vault: Id; readonly app: Id; readonly environment: Id } {
    const { vault, app } = this.entry.shared ?? { vault: this.#account.current.vault, app: this.entry.app };
    return { vault, app, environment: this.entry.id };
  }

  get names(): Context {
    return this.entry.shared?.names ?? this.context;
  }

  get #looked(): Looked {
    return { deps: this.#deps, account: this.#account, entry: this.entry, what: this.what };
  }

  /** For people. */
  get what(): string {
    return `the environment ${formatContext(this.context)}`;
  }

  #found(counter: number, hash: Uint8Array): Found {
    return { series: this.entry.id, what: this.what, counter, hash };
  }

  async #adopt(stored: StoredManifest, seen: Seen | undefined): Promise<EnvironmentState> {
    const { vault, app, environment, counter } = peekManifest(stored.head);
    const ids = this.ids;
    const isHere = vault === ids.vault && app === ids.app && environment === ids.environment;
    if (!isHere || counter !== stored.counter) throw damaged(`The manifest of ${this.what}`);
    const hash = manifestHash(stored.head);
    const found = this.#found(counter, hash);
    refuseRollback(seen, found);
    const { head, role, granted } = await adoptManifest(this.#looked, stored, seen);
    try {
      const items = decodeItems(stored.items, head);
      this.#account.requireOpen();
      for (const [epoch, key] of granted) this.#takeKeys(epoch, environmentKeys(key, this.names));
      await keepNews(this.#looked, head, granted);
      await rememberSeen(this.#deps.device, this.#account.current.vault, found);
      this.#forgetRecords(items);
      this.#state = { head, hash, items, byName: new Map(), keys: this.keysOf(head.epoch), role };
      return this.#state;
    } finally {
      wipe(...granted.values());
    }
  }

  /** Another admin's key may take the place of one that this account had made for the same epoch. */
  #takeKeys(epoch: number, keys: EnvironmentKeys): void {
    this.forgetKey(epoch);
    this.#keys.set(epoch, keys);
  }

  async #commit(edit: EnvironmentEdit, before: EnvironmentState | undefined): Promise<EnvironmentState> {
    const { items, records, epoch = before?.head.epoch ?? 1, grants } = edit;
    if (items.size > MAX_ITEMS) {
      throw new VaultError(
        "limit-exceeded",
        `${formatContext(this.context)} would hold ${items.size} secrets; ${MAX_ITEMS} is the most. Purge deleted ones with "ov secret purge", or use another environment.`,
      );
    }
    const { vault, seeds } = this.#account.current;
    const list = encodeItems(items);
    const author = ownFingerprint(this.#account.current);
    const auditHead = await this.#audit.head();
    // From here to the write nothing waits: a lock in between would sign and seal with wiped keys.
    this.#account.requireOpen();
    const others = before?.head.auditHeads.filter((other) => other.device !== auditHead.device) ?? [];
    const head: ManifestHead = {
      ...this.ids,
      epoch,
      counter: (before?.head.counter ?? 0) + 1,
      previous: before?.hash ?? Buffer.alloc(32),
      minProfile: before?.head.minProfile ?? 1,
      members: edit.members ?? before?.head.members ?? [{ fingerprint: author, role: "admin" }],
      tokens: edit.tokens ?? before?.head.tokens ?? [],
      itemCount: items.size,
      itemsRoot: sha256(list),
      auditHeads: auditHead.seq === 0 ? others : [...others, auditHead],
      time: this.#deps.now(),
      author,
    };
    const keys = this.keysOf(epoch);
    const bytes = signManifest(head, seeds.sign, keys.manifest);
    await this.#deps.store.commit(this.entry.id, head.counter - 1, { head: bytes, items: list }, records, grants);
    const hash = manifestHash(bytes);
    if (edit.members !== undefined) await keepNews(this.#looked, head, new Map());
    await rememberSeen(this.#deps.device, vault, this.#found(head.counter, hash));
    this.#forgetRecords(items);
    this.#state = { head, hash, items, byName: new Map(), keys, role: roleOf(head, author) ?? "reader" };
    return this.#state;
  }

  /** Drops cached records that are no version in use. */
  #forgetRecords(items: Items): void {
    if (this.#records.size <= items.size + CACHE_SLACK) return;
    const live = new Set([...items.values()].map(recordHash));
    for (const hash of this.#records.keys()) if (!live.has(hash)) this.#records.delete(hash);
    for (const hash of this.#metas.keys()) if (!live.has(hash)) this.#metas.delete(hash);
  }
}

/** The newest version's record of an item. It is always sealed in the manifest's epoch. */
export function recordRef(item: Item, epoch: number): RecordRef {
  return { item: item.item, version: item.version, epoch, hash: recordHash(item) };
}

function recordHash(item: Item): string {
  return Buffer.from(item.hash).toString("hex");
}

const MAX_CACHED_BYTES = 8192;
const CACHE_SLACK = 256;
