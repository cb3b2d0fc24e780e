import { setImmediate as nextTurn } from "node:timers/promises";
import { equal } from "../crypto/hash.ts";
import { deriveKey } from "../crypto/hkdf.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Id, MemberDevice } from "../store/store.ts";
import { keyName } from "./account.ts";
import {
  type AuditBody,
  type AuditPlace,
  auditHash,
  openAuditBody,
  readAuditPlace,
  sealAuditEntry,
} from "./audit-entry.ts";
import type { AuditHead } from "./manifest.ts";
import { type OpenAccount, retryConflicts } from "./open-account.ts";
import { rememberSeen, rolledBack } from "./rollback.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { damaged } from "./wire.ts";

/** An entry that was verified as part of its device's chain. */
export interface VerifiedEntry {
  readonly place: AuditPlace;
  /** undefined where the environment, and its key with it, was deleted. */
  readonly body: AuditBody | undefined;
  /** Of another member of a shared environment; and what this account calls them. */
  readonly account?: Id;
  readonly member?: string;
}

export interface VerifiedLog {
  readonly entries: readonly VerifiedEntry[];
  readonly missing: readonly MissingEntries[];
}

/** Entries that a manifest says were there. */
export interface MissingEntries {
  readonly device: Id;
  readonly from: number;
  readonly to: number;
  /** When it was noticed, ms since 1970. */
  readonly time: number;
}

interface ReadAudit {
  /** Of each device at most, where its end is known. */
  readonly last?: number;
  /** Only those from this time on are opened. */
  readonly since?: number;
  readonly published?: readonly AuditHead[];
  readonly others?: readonly MemberDevice[];
}

interface Chain {
  readonly device: Id;
  /** Of another member. */
  readonly account?: Id;
  readonly read: (from: number) => Promise<readonly Uint8Array[]>;
}

/** This device's audit chain, and the reading of every device's. */
export class AuditLog {
  readonly #deps: VaultDeps;
  readonly #account: OpenAccount;
  #head: AuditHead | undefined;

  constructor(deps: VaultDeps, account: OpenAccount) {
    this.#deps = deps;
    this.#account = account;
  }

  /** Appends to this device's chain, after whatever other processes of the device appended. */
  async append(body: AuditBody, where?: { readonly environment: Id; readonly epoch: number }): Promise<void> {
    await retryConflicts(this.#deps.store, async () => {
      const last = await this.head();
      const place: AuditPlace = {
        device: last.device,
        seq: last.seq + 1,
        previous: last.hash,
        time: this.#deps.now(),
        environment: where?.environment,
        epoch: where?.epoch ?? 0,
      };
      this.#account.requireOpen();
      const key = this.#keyOf(place);
      if (key === undefined) throw damaged("An environment's key");
      const bytes = sealAuditEntry(key, place, body);
      wipe(key);
      try {
        await this.#deps.store.appendAudit(place.device, place.seq, bytes);
      } catch (error) {
        this.#head = undefined;
        throw error;
      }
      await this.#advance({ device: place.device, seq: place.seq, hash: auditHash(place.previous, bytes) });
    });
  }

  /** The end of this device's chain. A chain that ends before what the device remembers was cut: `rolled-back`. */
  async head(): Promise<AuditHead> {
    if (this.#head !== undefined) return this.#head;
    const device = await this.#deps.device.deviceId();
    const vault = this.#account.current.vault;
    const seen = await this.#deps.device.seen(vault, AUDIT_SERIES);
    let head: AuditHead = { device, seq: 0, hash: Buffer.alloc(32) };
    if (seen !== undefined) head = { device, seq: seen.counter, hash: Buffer.from(seen.hash, "hex") };
    const entries = await this.#deps.store.readAudit(device, Math.max(1, head.seq));
    const [first] = entries;
    if (head.seq > 0 && (first === undefined || !equal(hashOf(first), head.hash))) {
      throw rolledBack("the audit log", first === undefined ? "shorter" : "a different one", head.seq);
    }
    for (const bytes of head.seq > 0 ? entries.slice(1) : entries) head = this.#follow(head, bytes);
    await this.#advance(head);
    return head;
  }

  /**
   * Every device's entries, verified, oldest first. `published` are the ends of chains that manifests name: a chain that
   * has another entry there is refused, and one that ends before is told. Of other members' chains, what this account
   * has no key for is verified, and left out. Rejects with the signal's reason when it aborts.
   */
  async read(wanted: ReadAudit = {}, signal?: AbortSignal): Promise<VerifiedLog> {
    const keys = new Map<string, Buffer | undefined>();
    try {
      return await this.#readWith(keys, wanted, signal);
    } finally {
      wipe(...keys.values());
    }
  }

  async #readWith(
    keys: Map<string, Buffer | undefined>,
    { last, since = 0, published = [], others = [] }: ReadAudit,
    signal: AbortSignal | undefined,
  ): Promise<VerifiedLog> {
    const own = await this.head();
    const entries: VerifiedEntry[] = [];
    const missing: MissingEntries[] = [];
    const chains = await this.#chains(others);
    for (const { device } of published) {
      if (!chains.some((chain) => chain.device === device)) chains.push({ device, read: async () => [] });
    }
    let reachedOwn = own.seq === 0;
    let began = performance.now();
    for (const { device, account, read } of chains) {
      signal?.throwIfAborted();
      const end =
        device === own.device && account === undefined ? own : published.find((head) => head.device === device);
      const from = last === undefined || end === undefined ? 1 : Math.max(1, end.seq - last + 1);
      let before: AuditHead | undefined;
      for (const bytes of await read(from)) {
        const place = readAuditPlace(bytes);
        before = this.#follow(before ?? { device, seq: place.seq - 1, hash: place.previous }, bytes);
        if (end !== undefined && place.seq === end.seq) {
          if (!equal(before.hash, end.hash)) throw rolledBack("the audit log", "a different one", end.seq);
          reachedOwn ||= end === own;
        }
        if (place.time >= since) {
          if (account === undefined) entries.push({ place, body: this.#open(place, bytes, keys) });
          else entries.push(...this.#openOthers(place, bytes, keys, account));
        }
        if (place.seq % YIELD_EVERY === 0 && performance.now() - began > TURN_MS) {
          await nextTurn();
          signal?.throwIfAborted();
          began = performance.now();
        }
      }
      const reached = before?.seq ?? from - 1;
      if (end !== undefined && end !== own && reached < end.seq) {
        missing.push({ device, from: reached + 1, to: end.seq, time: this.#deps.now() });
      }
    }
    if (!reachedOwn) throw rolledBack("the audit log", "shorter or a different one", own.seq);
    return { entries: entries.sort((a, b) => a.place.time - b.place.time), missing };
  }

  async #chains(others: readonly MemberDevice[]): Promise<Chain[]> {
    const { store } = this.#deps;
    const own = (await store.auditDevices()).map((device): Chain => {
      return { device, read: (from) => store.readAudit(device, from) };
    });
    const theirs = others.map((chain): Chain => {
      return { ...chain, read: async (from) => (await store.sharing?.memberAudit(chain, from)) ?? [] };
    });
    return [...own, ...theirs];
  }

  #follow(head: AuditHead, bytes: Uint8Array): AuditHead {
    const place = readAuditPlace(bytes);
    const follows = place.device === head.device && place.seq === head.seq + 1 && equal(place.previous, head.hash);
    if (!follows) throw damaged("The audit log");
    return { device: head.device, seq: place.seq, hash: auditHash(place.previous, bytes) };
  }

  /** `keys` are those of this reading, which wipes them: to derive one takes longer than to open an entry. */
  #open(place: AuditPlace, bytes: Uint8Array, keys: Map<string, Buffer | undefined>): AuditBody | undefined {
    const name = `${place.environment}:${place.epoch}`;
    if (!keys.has(name)) keys.set(name, this.#keyOf(place));
    const key = keys.get(name);
    return key && openAuditBody(key, bytes);
  }

  /** What a member has written wrongly must not close the log to the others; what is theirs alone is left out. */
  #openOthers(
    place: AuditPlace,
    bytes: Uint8Array,
    keys: Map<string, Buffer | undefined>,
    account: Id,
  ): readonly VerifiedEntry[] {
    if (place.environment === undefined) return [];
    try {
      const body = this.#open(place, bytes, keys);
      return body === undefined ? [] : [{ place, body, account }];
    } catch {
      return [{ place, body: undefined, account }];
    }
  }

  #keyOf(place: AuditPlace): Buffer | undefined {
    if (place.environment === undefined) return deriveKey(this.#account.key, "ov1/ak/audit");
    const ek = this.#account.current.keys.get(keyName(place.environment, place.epoch));
    return ek && deriveKey(ek, "ov1/ek/audit");
  }

  async #advance(head: AuditHead): Promise<void> {
    this.#head = head;
    if (head.seq === 0) return;
    const found = { series: AUDIT_SERIES, what: "the audit log", counter: head.seq, hash: head.hash };
    await rememberSeen(this.#deps.device, this.#account.current.vault, found);
  }
}

/** An editor runs on the same thread. */
const YIELD_EVERY = 64;
const TURN_MS = 5;

/** What a device files the end of its own chain under. */
export const AUDIT_SERIES = "audit";

function hashOf(bytes: Uint8Array): Buffer {
  return auditHash(readAuditPlace(bytes).previous, bytes);
}
