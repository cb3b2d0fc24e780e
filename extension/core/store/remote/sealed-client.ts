import { type Method, sealRequest } from "../../crypto/ov-seal.ts";
import { randomBuffer } from "../../crypto/random.ts";
import { VaultError } from "../../vault-error.ts";
import { KEYS_PATH, REQUEST_TYPE, RESPONSE_TYPE, SEALED_PATH } from "../contract.ts";
import { PATIENCE, type Patience, pause } from "./backoff.ts";
import { type Exchanged, HttpExchange, requireServerUrl } from "./http-exchange.ts";
import { type Json, parseObject } from "./json-shape.ts";
import { errorOf, isPassing, type Problem, problemOf } from "./problem.ts";
import { badAnswer, deviceUnknown, serverChanged, unreachable } from "./server-error.ts";
import { keyAt, MAX_DOCUMENT, readServerKeys, requirePinned, type ServerKeys } from "./server-keys.ts";

/** The secret that seals the calls of one device. */
export interface DeviceKey {
  readonly id: Uint8Array;
  readonly secret: Uint8Array;
}

/** What a device keeps of the server's keys, so that most processes need not ask for them. */
export interface KeyMemory {
  /** The document that was good last time. */
  read(): Promise<Uint8Array | undefined>;
  write(document: Uint8Array): Promise<void>;
  /** The highest sequence ever seen of this server; 0 = none. */
  sequence(serverId: Uint8Array): Promise<number>;
  remember(serverId: Uint8Array, sequence: number): Promise<void>;
}

export interface SealedClientOptions {
  readonly url: string;
  /** The server id that the user confirmed. Without it nothing is sealed: see `firstKeys`. */
  readonly pin: Uint8Array;
  readonly memory: KeyMemory;
  readonly now: () => number;
  readonly patience?: Patience;
  readonly timeoutMs?: number;
  /** PEM of a certificate authority of the user's own. */
  readonly ca?: string;
}

export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
  /** undefined = base mode, which only login uses. */
  readonly device: DeviceKey | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Seconds that the server may take to answer, beside the usual. */
  readonly waits?: number;
  /** The answer is NDJSON. */
  readonly lines?: boolean;
  /** Somebody waits, and there is something else to take when no answer comes soon. */
  readonly hurry?: boolean;
}

/** A sealed answer that is no error. */
export interface Answer {
  readonly status: number;
  readonly body: Json | undefined;
  /** Of a call that asked for them. */
  readonly lines?: readonly Json[];
}

/** Calls one server, sealed to the identity that is pinned. There is no call that goes unsealed. */
export class SealedClient {
  readonly url: string;
  readonly #options: SealedClientOptions;
  readonly #base: URL;
  readonly #http: HttpExchange;
  #keys: ServerKeys | undefined;
  /** What our clock lacks to the server's, in ms. */
  #skew = 0;

  constructor(options: SealedClientOptions) {
    this.#options = options;
    this.#base = requireServerUrl(options.url);
    this.url = options.url;
    this.#http = new HttpExchange(this.#base, options.ca);
  }

  /** The identity that calls are sealed to, as the user confirmed it. */
  get serverId(): Uint8Array {
    return this.#options.pin;
  }

  /** The identity whose id is pinned: it signs the server's words on the audit log. */
  async identity(signal?: AbortSignal): Promise<Buffer> {
    return (await this.#serverKeys(signal)).identity;
  }

  /** The server's answer, or a problem that the caller may know how to take. Every call may be made again. */
  async call(call: Call): Promise<Answer | Problem> {
    // The same call sent again has the same id and the same bytes inside, so that the server knows it.
    const requestId = randomBuffer(16);
    const body = call.body === undefined ? EMPTY : Buffer.from(JSON.stringify(call.body), "utf8");
    const { patience: usual = PATIENCE } = this.#options;
    const patience = call.hurry ? { ...usual, tries: Math.min(2, usual.tries) } : usual;
    const once = { clock: false, keys: false };
    let cause: unknown;
    for (let tries = 1; tries <= patience.tries; tries++) {
      let wait: number | undefined;
      try {
        const answer = await this.#once(call, requestId, body);
        if (answer === "keys") {
          if (once.keys) throw serverChanged("The server doesn't know the key that its own document names.");
          once.keys = true;
          this.#keys = await this.#fetchKeys(call.signal);
          tries--;
          continue;
        }
        if (!("code" in answer)) return answer;
        if (answer.code === "clock_skew" && answer.serverTime !== undefined && !once.clock) {
          once.clock = true;
          this.#skew = answer.serverTime - this.#options.now();
          tries--;
          continue;
        }
        if (!isPassing(answer)) return answer;
        cause = errorOf(answer, "the call");
        wait = answer.retryAfter;
      } catch (error) {
        if (error instanceof VaultError) throw error;
        cause = unreachable(this.url, error);
      }
      if (tries < patience.tries) await pause(patience, tries + 1, wait, call.signal).catch(() => throwCancelled());
    }
    throw cause;
  }

  close(): void {
    this.#http.close();
  }

  async #once(call: Call, requestId: Uint8Array, body: Uint8Array): Promise<Answer | Problem | "keys"> {
    const keys = await this.#serverKeys(call.signal);
    const key = keyAt(keys, this.#options.now());
    const { method, path } = call;
    const time = Math.max(0, this.#options.now() + this.#skew);
    const sealed = sealRequest(
      { keyId: key.id, serverId: keys.serverId, publicKey: key.publicKey },
      { method, path, time, requestId, body },
      call.device,
    );
    if (sealed === undefined) throw badAnswer("its keys");
    const outer = await this.#http.run({
      method: "POST",
      url: this.#at(SEALED_PATH),
      type: REQUEST_TYPE,
      body: sealed.bytes,
      limit: MAX_ANSWER,
      timeoutMs: (call.hurry ? Math.min(HURRY_MS, this.#timeout) : this.#timeout) + (call.waits ?? 0) * 1000,
      signal: call.signal,
    });
    if (outer.status !== 200 || outer.type !== RESPONSE_TYPE) return this.#unsealed(outer, call);
    const inner = sealed.openResponse(outer.body);
    // Not from the holder of the key: anybody on the way can write such an answer.
    if (inner === undefined) throw serverChanged("The answer was not sealed by the server that you confirmed.");
    if (call.lines && inner.status === 200) return { status: 200, body: undefined, lines: linesOf(inner.body) };
    const parsed = inner.body.length === 0 ? undefined : parseObject(inner.body);
    if (inner.body.length > 0 && parsed === undefined) throw badAnswer("a call");
    return inner.status >= 400 ? problemOf(inner.status, parsed) : { status: inner.status, body: parsed };
  }

  /** Without a seal an answer says nothing that may be believed, but that the call was not taken. */
  #unsealed({ status }: Exchanged, call: Call): "keys" {
    if (status === 421) return "keys";
    if (status === 401 && call.device !== undefined) throw deviceUnknown();
    throw new Error(`HTTP ${status}`);
  }

  async #serverKeys(signal: AbortSignal | undefined): Promise<ServerKeys> {
    const now = this.#options.now();
    if (this.#keys !== undefined && isFresh(this.#keys, now)) return this.#keys;
    this.#keys ??= await this.#rememberedKeys();
    if (this.#keys === undefined || !isFresh(this.#keys, now)) this.#keys = await this.#fetchKeys(signal);
    return this.#keys;
  }

  async #rememberedKeys(): Promise<ServerKeys | undefined> {
    const document = await this.#options.memory.read();
    if (document === undefined) return undefined;
    try {
      const keys = readServerKeys(document);
      return keys.serverId.equals(this.#options.pin) ? keys : undefined;
    } catch {
      return undefined; // of another version, or cut: the server's own is asked for
    }
  }

  async #fetchKeys(signal: AbortSignal | undefined): Promise<ServerKeys> {
    const { memory, pin, now } = this.#options;
    const document = await this.#document(signal);
    const keys = readServerKeys(document);
    requirePinned(keys, pin, this.url);
    keyAt(keys, now());
    const seen = await memory.sequence(keys.serverId);
    if (keys.sequence < seen) {
      throw serverChanged(`The server offers older keys (${keys.sequence}) than this device has seen (${seen}).`);
    }
    await memory.remember(keys.serverId, keys.sequence);
    await memory.write(document);
    return keys;
  }

  async #document(signal: AbortSignal | undefined): Promise<Buffer> {
    return fetchKeyDocument(this.#http, this.#at(KEYS_PATH), this.#timeout, signal);
  }

  get #timeout(): number {
    return this.#options.timeoutMs ?? TIMEOUT_MS;
  }

  #at(path: string): URL {
    return new URL(this.#base.pathname.replace(/\/$/, "") + path, this.#base);
  }
}

/** The keys of a server that nobody has confirmed yet, for showing its words: nothing is sent to it. */
export async function firstKeys(
  url: string,
  options: { readonly ca?: string; readonly signal?: AbortSignal } = {},
): Promise<ServerKeys> {
  const base = requireServerUrl(url);
  const http = new HttpExchange(base, options.ca);
  try {
    const at = new URL(base.pathname.replace(/\/$/, "") + KEYS_PATH, base);
    return readServerKeys(await fetchKeyDocument(http, at, TIMEOUT_MS, options.signal));
  } catch (error) {
    throw error instanceof VaultError ? error : unreachable(url, error);
  } finally {
    http.close();
  }
}

async function fetchKeyDocument(
  http: HttpExchange,
  url: URL,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { status, body } = await http.run({ method: "GET", url, limit: MAX_DOCUMENT, timeoutMs, signal });
  if (status !== 200) throw new Error(`HTTP ${status}`);
  return body;
}

/** In the last minutes of a key the next one is there already: better to ask before than to be told 421. */
function isFresh({ expiresAt, keys }: ServerKeys, now: number): boolean {
  return now < expiresAt && keys.some(({ notBefore, notAfter }) => notBefore <= now && now < notAfter);
}

function linesOf(body: Uint8Array): readonly Json[] {
  const texts = Buffer.from(body).toString("utf8").split("\n");
  if (texts.pop() !== "") throw badAnswer("a call");
  return texts.map((text) => {
    const line = parseObject(Buffer.from(text));
    if (line === undefined) throw badAnswer("a call");
    return line;
  });
}

function throwCancelled(): never {
  throw new VaultError("cancelled", "The call to the server was cancelled. Try again when you are ready.");
}

const EMPTY = new Uint8Array(0);
const TIMEOUT_MS = 20_000;
const HURRY_MS = 6_000;
/** A hundred of the largest records in base64url, padded to a power of two. */
const MAX_ANSWER = (32 << 20) + 64;
