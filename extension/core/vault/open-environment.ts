import { sha256 } from "../crypto/hash.ts";
import type { NewRecord, RecordRef, Seen, StoredManifest } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import type { AuditLog } from "./audit-log.ts";
import { type Context, formatContext } from "./context.ts";
import type { EnvironmentEntry } from "./directory.ts";
import { type EnvironmentKeys, environmentKeys, wipeEnvironmentKeys } from "./environment-keys.ts";
import { fingerprint } from "./identity.ts";
import { type ManifestHead, manifestHash, peekManifest, signManifest, verifyManifest } from "./manifest.ts";
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
  readonly keys: EnvironmentKeys;
}

/** What a change writes: new records, and the items as they are afterwards. */
export interface EnvironmentEdit {
  readonly items: Items;
  readonly records: readonly NewRecord[];
  /** A new epoch, whose key the account already holds. */
  readonly epoch?: number;
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
    if (firstKey !== undefined) this.#keys.set(1, environmentKeys(firstKey, context));
  }

  async load(): Promise<EnvironmentState> {
    const known = this.#state;
    const seen = await this.#deps.device.seen(this.#account.current.vault, this.entry.id);
    const stored = await this.#deps.store.readManifest(this.entry.id, known?.head.counter);
    if (stored === undefined && known === undefined) throw damaged(`The manifest of ${formatContext(this.context)}`);
    if (stored === undefined) {
      refuseRollback(seen, this.#found(known!.head.counter, known!.hash));
      return known!;
    }
    if (known !== undefined && stored.counter < known.head.counter) {
      throw rolledBack(this.#what, `at counter ${stored.counter}`, known.head.counter);
    }
    return this.#adopt(stored, seen);
  }

  /** Applies a change to the newest state; after a lost race, to the newer one. `edit` throws to refuse. */
  async change(edit: (state: EnvironmentState) => Promise<EnvironmentEdit>): Promise<EnvironmentState> {
    return retryConflicts(this.#deps.store, async () => {
      const state = await this.load();
      const { items, records, epoch } = await edit(state);
      return this.#commit(items, records, epoch ?? state.head.epoch, state);
    });
  }

  /** Writes the first manifest of a new environment. */
  async create(): Promise<void> {
    await this.#commit(new Map(), [], 1, undefined);
  }

  keysOf(epoch: number): EnvironmentKeys {
    let keys = this.#keys.get(epoch);
    if (keys === undefined) {
      keys = environmentKeys(this.#account.environmentKey(this.entry.id, epoch), this.context);
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
    return {
      vault: this.#account.current.vault,
      app: this.entry.app,
      environment: this.entry.id,
      item,
      version,
      epoch,
      pathTag,
    };
  }

  wipe(): void {
    for (const keys of this.#keys.values()) wipeEnvironmentKeys(keys);
    this.#keys.clear();
    this.#records.clear();
    this.#metas.clear();
    this.#state = undefined;
  }

  get #what(): string {
    return `the environment ${formatContext(this.context)}`;
  }

  #found(counter: number, hash: Uint8Array): Found {
    return { series: this.entry.id, what: this.#what, counter, hash };
  }

  async #adopt(stored: StoredManifest, seen: Seen | undefined): Promise<EnvironmentState> {
    const { vault, identity, account } = this.#account.current;
    const keys = this.keysOf(peekManifest(stored.head).epoch);
    const head = verifyManifest(stored.head, identity.signKey, keys.manifest);
    const here = head.vault === vault && head.app === this.entry.app && head.environment === this.entry.id;
    const own = fingerprint(account, identity).equals(head.author);
    if (!here || !own || head.counter !== stored.counter)
      throw damaged(`The manifest of ${formatContext(this.context)}`);

    const hash = manifestHash(stored.head);
    const found = this.#found(head.counter, hash);
    refuseRollback(seen, found);
    await this.#verifyChain(head, seen);
    const items = decodeItems(stored.items, head);
    await rememberSeen(this.#deps.device, vault, found);
    this.#forgetRecords(items);
    this.#state = { head, hash, items, keys };
    return this.#state;
  }

  /** Follows `previous` back to what this device has seen; a gap is only where the store pruned old heads. */
  async #verifyChain(head: ManifestHead, seen: Seen | undefined): Promise<void> {
    let expected = head.previous;
    for (let counter = head.counter - 1; seen !== undefined && counter >= seen.counter; counter--) {
      const earlier = await this.#deps.store.readManifestHead(this.entry.id, counter);
      if (earlier === undefined) return;
      const hash = manifestHash(earlier);
      const broken = !hash.equals(expected) || (counter === seen.counter && hash.toString("hex") !== seen.hash);
      if (broken) throw rolledBack(this.#what, `not a successor of counter ${seen.counter}`, seen.counter);
      expected = peekManifest(earlier).previous;
    }
  }

  async #commit(
    items: Items,
    records: readonly NewRecord[],
    epoch: number,
    before: EnvironmentState | undefined,
  ): Promise<EnvironmentState> {
    if (items.size > MAX_ITEMS) {
      throw new VaultError(
        "limit-exceeded",
        `${formatContext(this.context)} would hold ${items.size} secrets; ${MAX_ITEMS} is the most. Purge deleted ones with "ov secret purge", or use another environment.`,
      );
    }
    const { vault, account, identity, seeds } = this.#account.current;
    const list = encodeItems(items);
    const author = fingerprint(account, identity);
    const auditHead = await this.#audit.head();
    // From here to the write nothing waits: a lock in between would sign and seal with wiped keys.
    this.#account.requireOpen();
    const others = before?.head.auditHeads.filter((other) => other.device !== auditHead.device) ?? [];
    const head: ManifestHead = {
      vault,
      app: this.entry.app,
      environment: this.entry.id,
      epoch,
      counter: (before?.head.counter ?? 0) + 1,
      previous: before?.hash ?? Buffer.alloc(32),
      minProfile: before?.head.minProfile ?? 1,
      members: before?.head.members ?? [{ fingerprint: author, role: "admin" }],
      tokens: before?.head.tokens ?? [],
      itemCount: items.size,
      itemsRoot: sha256(list),
      auditHeads: auditHead.seq === 0 ? others : [...others, auditHead],
      time: this.#deps.now(),
      author,
    };
    const keys = this.keysOf(epoch);
    const bytes = signManifest(head, seeds.sign, keys.manifest);
    await this.#deps.store.commit(this.entry.id, head.counter - 1, { head: bytes, items: list }, records);
    const hash = manifestHash(bytes);
    await rememberSeen(this.#deps.device, vault, this.#found(head.counter, hash));
    this.#forgetRecords(items);
    this.#state = { head, hash, items, keys };
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
