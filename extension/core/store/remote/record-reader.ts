import type { RecordBody } from "../contract.ts";
import { missing } from "../file-error.ts";
import type { Id, NewRecord, RecordRef } from "../store.ts";
import { recordsOf } from "./answers.ts";
import type { CiphertextCache } from "./ciphertext-cache.ts";
import { toText } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";

/** Records from the cache, else from the server: those that are asked for in one turn go in one call. */
export class RecordReader {
  readonly #link: RemoteLink;
  readonly #cache: CiphertextCache;
  readonly #waiting = new Map<Id, Wanted[]>();

  constructor(link: RemoteLink, cache: CiphertextCache) {
    this.#link = link;
    this.#cache = cache;
  }

  async read(environment: Id, ref: RecordRef): Promise<Uint8Array> {
    const cached = await this.#cache.record(environment, ref);
    if (cached !== undefined) return cached;
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(environment);
      const wanted = { ref, resolve, reject };
      if (waiting !== undefined) waiting.push(wanted);
      else {
        this.#waiting.set(environment, [wanted]);
        setImmediate(() => void this.#fetch(environment));
      }
    });
  }

  async #fetch(environment: Id): Promise<void> {
    const all = this.#waiting.get(environment) ?? [];
    this.#waiting.delete(environment);
    for (let at = 0; at < all.length; at += REFS_AT_ONCE) {
      const part = all.slice(at, at + REFS_AT_ONCE);
      try {
        const found = await this.#ask(
          environment,
          part.map(({ ref }) => ref),
        );
        for (const { ref, resolve, reject } of part) {
          const bytes = found.get(keyOf(ref));
          if (bytes === undefined) reject(missing(`A record of ${this.#link.client.url}`));
          else resolve(bytes);
        }
      } catch (error) {
        for (const { reject } of part) reject(error);
      }
    }
  }

  async #ask(environment: Id, refs: readonly RecordRef[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    // An answer may leave out what is too much for one: then the rest is asked for again, while there is progress.
    for (let left = refs; left.length > 0; ) {
      const path = `/environments/${environment}/records/read`;
      const answer = await this.#link.ask({ method: "POST", path, body: { refs: left.map(asRefBody) } });
      if ("code" in answer) {
        // One that is missing hides the others: each is asked for alone then, to know which it is.
        if (answer.code === "not_found" && left.length > 1) return this.#askEach(environment, left, found);
        if (answer.code === "not_found") return found;
        throw errorOf(answer, "a record of a secret");
      }
      const wanted = new Set(left.map(keyOf));
      const records = recordsOf(answer.body).filter((record) => wanted.has(keyOf(record)));
      if (records.length === 0) return found;
      for (const record of records) found.set(keyOf(record), record.bytes);
      await this.#cache.keepRecords(environment, records);
      left = left.filter((ref) => !found.has(keyOf(ref)));
    }
    return found;
  }

  async #askEach(
    environment: Id,
    refs: readonly RecordRef[],
    found: Map<string, Uint8Array>,
  ): Promise<ReadonlyMap<string, Uint8Array>> {
    for (const ref of refs) {
      for (const [key, bytes] of await this.#ask(environment, [ref])) found.set(key, bytes);
    }
    return found;
  }
}

interface Wanted {
  readonly ref: RecordRef;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

export function asRecordBody(record: NewRecord): RecordBody {
  return { ...asRefBody(record), bytes: toText(record.bytes) };
}

export function asRefBody({ item, version, epoch, hash }: RecordRef): RecordRef {
  return { item, version, epoch, hash };
}

function keyOf({ item, version, epoch, hash }: RecordRef): string {
  return `${item}/${version}/${epoch}/${hash}`;
}

export const REFS_AT_ONCE = 100;
