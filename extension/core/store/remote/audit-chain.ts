import { isVaultError, VaultError } from "../../vault-error.ts";
import type { Id } from "../store.ts";
import { entriesOf, idsOf, type ServedEntry } from "./answers.ts";
import type { AuditOutbox } from "./audit-outbox.ts";
import type { CiphertextCache } from "./ciphertext-cache.ts";
import { toText } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";
import { absent, unreachable } from "./server-error.ts";

/** Audit chains on the server, and this device's entries that wait for it. */
export class AuditChain {
  readonly #link: RemoteLink;
  readonly #cache: CiphertextCache;
  readonly #outbox: AuditOutbox;

  constructor(link: RemoteLink, cache: CiphertextCache, outbox: AuditOutbox) {
    this.#link = link;
    this.#cache = cache;
    this.#outbox = outbox;
  }

  /** Sends the entry; while the server can't be reached it waits in the outbox, and counts as written. */
  async append(seq: number, entry: Uint8Array): Promise<void> {
    const { device } = this.#link;
    await this.#link.orOffline(
      async () => {
        await this.flush();
        await this.#send(seq, entry);
        return true;
      },
      async () => {
        const last = (await this.#cache.lastAudit(device))?.seq ?? 0;
        await this.#outbox.add(device, last, seq, entry);
        return true;
      },
    );
  }

  /** Sends what waits, in order. What is sent twice, by two processes, is one entry. */
  async flush(): Promise<number> {
    const waiting = await this.#outbox.list(this.#link.device);
    for (const { seq, entry } of waiting) {
      await this.#send(seq, entry).catch((error: unknown) => {
        throw isVaultError(error, "vault-conflict") ? forked() : error;
      });
      await this.#outbox.remove(this.#link.device, seq);
    }
    return waiting.length;
  }

  async read(device: Id, from: number): Promise<readonly Uint8Array[]> {
    const isOwn = device === this.#link.device;
    const sent = await this.#link.orOffline(
      async () => (await this.readSigned(device, from)).map(({ entry }) => entry),
      async () => (isOwn ? this.#readCached(device, from) : undefined),
    );
    const waiting = isOwn ? await this.#outbox.list(device) : [];
    const rest = waiting.filter(({ seq }) => seq >= from + sent.length);
    return [...sent, ...rest.map(({ entry }) => entry)];
  }

  /** With the server's word on when each came. */
  async readSigned(device: Id, from: number): Promise<readonly ServedEntry[]> {
    const all: ServedEntry[] = [];
    for (let next = from; ; ) {
      const path = `/audit?device=${device}&from=${next}`;
      const answer = await this.#link.ask({ method: "GET", path, hurry: true });
      if ("code" in answer && answer.code === "not_found") break;
      if ("code" in answer) throw errorOf(answer, "the audit log");
      const entries = entriesOf(answer.body, next);
      if (entries.length === 0) break;
      for (const entry of entries) all.push(entry);
      next += entries.length;
    }
    const last = all.at(-1);
    if (last !== undefined && device === this.#link.device) {
      await this.#cache.keepLastAudit(device, last.seq, last.entry);
    }
    return all;
  }

  async devices(): Promise<readonly Id[]> {
    const asked = { method: "GET", path: "/audit/devices", hurry: true } as const;
    // Refused offline, but at once where the server has just given no answer.
    const { body } = await this.#link.orOffline(
      () => this.#link.require(asked, "the audit log"),
      async () => undefined,
    );
    const devices = idsOf(body?.devices, "the audit log");
    const waits = (await this.#outbox.list(this.#link.device)).length > 0;
    return waits && !devices.includes(this.#link.device) ? [...devices, this.#link.device] : devices;
  }

  async #send(seq: number, entry: Uint8Array): Promise<void> {
    const body = { seq, entry: toText(entry) };
    const answer = await this.#link.ask({ method: "POST", path: "/audit", body, hurry: true });
    if ("code" in answer)
      throw answer.code === "not_found" ? absent(this.#link.client.url) : errorOf(answer, "a write");
    await this.#cache.keepLastAudit(this.#link.device, seq, entry);
  }

  /** Only the end of the chain is kept, which is what the next entry is written after. */
  async #readCached(device: Id, from: number): Promise<readonly Uint8Array[]> {
    const last = await this.#cache.lastAudit(device);
    if (last === undefined || last.seq < from) return [];
    if (last.seq > from) throw unreachable(this.#link.client.url);
    return [last.entry];
  }
}

function forked(): VaultError {
  return new VaultError(
    "server-refused",
    'Two copies of this device wrote to one audit log, so what waited here can\'t be sent. Run "ov logout" and "ov login" on one of them.',
  );
}
