import type { Method } from "../../crypto/ov-seal.ts";
import { VaultError } from "../../vault-error.ts";
import { conflict, missing } from "../file-error.ts";
import type { Counted, Id, RecordRef, Sharing, Store, StoredManifest, StoredObject } from "../store.ts";
import { entriesOf, environmentAnswer, headOf, recordsOf, refsOf } from "./answers.ts";
import { errorOf, type Problem } from "./problem.ts";
import { asRefBody, REFS_AT_ONCE } from "./record-reader.ts";
import { RemoteSharing } from "./remote-sharing.ts";
import type { Answer, DeviceKey, SealedClient } from "./sealed-client.ts";
import { badAnswer } from "./server-error.ts";

/** What a token can read of a server, kept nowhere but in this process. It changes nothing, but its own audit chain. */
export class TokenStore implements Store {
  readonly location: string;
  readonly conflictTries = 5;
  readonly sharing: Sharing;
  readonly #client: SealedClient;
  readonly #key: DeviceKey;
  readonly #manifests = new Map<Id, StoredManifest>();
  readonly #records = new Map<string, Uint8Array>();
  #account: Counted;

  constructor(client: SealedClient, key: DeviceKey, account: Counted) {
    this.#client = client;
    this.#key = key;
    this.#account = account;
    this.location = client.url;
    const link = { client, ask: (asked: Asked) => this.#ask(asked), require: this.#require.bind(this) };
    this.sharing = new RemoteSharing(link, { person: async () => undefined, keepPerson: async () => {} });
  }

  async readAccount(): Promise<Counted> {
    return this.#account;
  }

  /** In memory: keys that were granted are held as long as the process. */
  async writeAccount(expected: number, bytes: Uint8Array): Promise<void> {
    if (expected !== this.#account.counter) throw conflict(this.location);
    this.#account = { counter: expected + 1, bytes };
  }

  async readManifest(environment: Id, have?: number): Promise<StoredManifest | undefined> {
    const known = this.#manifests.get(environment);
    const counter = known?.counter ?? 0;
    const answer = await this.#ask({
      method: "GET",
      path: `/environments/${environment}${counter > 0 ? `?have=${counter}` : ""}`,
    });
    if ("code" in answer) {
      if (answer.code === "not_found") throw notOpen(this.location);
      throw errorOf(answer, "an environment");
    }
    if (answer.status === 304) return known!.counter === have ? undefined : known;
    const { records, ...manifest } = environmentAnswer(answer.body);
    for (const record of records) this.#records.set(record.hash, record.bytes);
    this.#manifests.set(environment, manifest);
    return manifest.counter === have ? undefined : manifest;
  }

  async readManifestHead(environment: Id, counter: number): Promise<Uint8Array | undefined> {
    const answer = await this.#ask({ method: "GET", path: `/environments/${environment}/heads/${counter}` });
    if (!("code" in answer)) return headOf(answer.body);
    if (answer.code === "not_found") return undefined;
    throw errorOf(answer, "an earlier state of an environment");
  }

  async readRecord(environment: Id, ref: RecordRef): Promise<Uint8Array> {
    if (!this.#records.has(ref.hash)) await this.#fetchAll(environment, ref);
    return this.#records.get(ref.hash) ?? fail(missing(`A record of ${this.location}`));
  }

  async listRecords(environment: Id, item: Id): Promise<readonly RecordRef[]> {
    const path = `/environments/${environment}/items/${item}/versions`;
    return refsOf((await this.#require({ method: "GET", path }, "the versions of a secret")).body);
  }

  async appendAudit(_device: Id, seq: number, bytes: Uint8Array): Promise<void> {
    const body = { seq, entry: Buffer.from(bytes).toString("base64url") };
    const answer = await this.#ask({ method: "POST", path: "/audit", body });
    if ("code" in answer) throw errorOf(answer, "the audit log");
  }

  async readAudit(device: Id, from: number): Promise<readonly Uint8Array[]> {
    const { body } = await this.#require(
      { method: "GET", path: `/audit?device=${device}&from=${from}` },
      "the audit log",
    );
    return entriesOf(body, from).map(({ entry }) => entry);
  }

  async auditDevices(): Promise<readonly Id[]> {
    return [Buffer.from(this.#key.id).toString("hex") as Id]; // its own
  }

  commit(): Promise<never> {
    return readOnly();
  }

  deleteRecords(): Promise<never> {
    return readOnly();
  }

  deleteEnvironment(): Promise<never> {
    return readOnly();
  }

  restore(): Promise<never> {
    return readOnly();
  }

  // biome-ignore lint/correctness/useYield: it has nothing to give
  async *backup(): AsyncGenerator<StoredObject> {
    await readOnly();
  }

  /** One that is needed is mostly not the only one: the answer brings what fits. */
  async #fetchAll(environment: Id, ref: RecordRef): Promise<void> {
    const path = `/environments/${environment}/records/read`;
    const { body } = await this.#require(
      { method: "POST", path, body: { refs: [asRefBody(ref)] } },
      "a secret's record",
    );
    for (const record of recordsOf(body).slice(0, REFS_AT_ONCE)) this.#records.set(record.hash, record.bytes);
  }

  #ask(asked: Asked): Promise<Answer | Problem> {
    return this.#client.call({ ...asked, device: this.#key });
  }

  async #require(asked: Asked, what: string): Promise<Answer> {
    const answer = await this.#ask(asked);
    if ("code" in answer) throw errorOf(answer, what);
    if (answer.body === undefined && asked.method === "GET") throw badAnswer(what);
    return answer;
  }
}

interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
}

async function readOnly(): Promise<never> {
  throw new VaultError(
    "not-permitted",
    "A token reads secrets for a machine, and changes nothing. Use a person's vault for that: unset OV_TOKEN.",
  );
}

function notOpen(url: string): VaultError {
  return new VaultError(
    "not-permitted",
    `The token is not for that environment on ${url}, or it was taken out of it. "ov token list" of an admin shows what it is for.`,
  );
}

function fail(error: VaultError): never {
  throw error;
}
