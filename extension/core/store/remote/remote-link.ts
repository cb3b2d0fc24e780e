import type { Method } from "../../crypto/ov-seal.ts";
import { isVaultError, VaultError } from "../../vault-error.ts";
import type { Id } from "../store.ts";
import type { CiphertextCache } from "./ciphertext-cache.ts";
import { errorOf, type Problem } from "./problem.ts";
import type { Answer, SealedClient } from "./sealed-client.ts";
import { unreachable } from "./server-error.ts";

export interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly lines?: boolean;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
  readonly waits?: number;
  readonly hurry?: boolean;
}

/** What a call tells of the server. */
export type LinkNews =
  | { readonly kind: "answered"; readonly at: number }
  /** No answer came. `answeredAt`: when the last one did, in ms since 1970. */
  | { readonly kind: "silent"; readonly answeredAt: number | undefined }
  /** Who answers is not the server whose identity was confirmed. */
  | { readonly kind: "changed" }
  /** The server takes no calls of this device any more. */
  | { readonly kind: "ended" };

/** One enrolled device's calls, and what it knows of whether the server can be reached. */
export class RemoteLink {
  readonly account: Id;
  readonly device: Id;
  readonly client: SealedClient;
  readonly #secret: Uint8Array;
  readonly #cache: CiphertextCache;
  readonly #now: () => number;
  readonly #offlineMs: number;
  readonly #restMs: number;
  readonly #onNews: (news: LinkNews) => void;
  #answeredAt = 0;
  /** Until then (steady ms) nobody waits for a server that just gave no answer. */
  #downUntil = 0;

  constructor(options: {
    readonly client: SealedClient;
    readonly account: Id;
    readonly device: { readonly id: Id; readonly secret: Uint8Array };
    readonly cache: CiphertextCache;
    readonly now: () => number;
    readonly offlineMs: number;
    readonly restMs?: number;
    readonly onNews?: ((news: LinkNews) => void) | undefined;
  }) {
    this.client = options.client;
    this.account = options.account;
    this.device = options.device.id;
    this.#secret = options.device.secret;
    this.#cache = options.cache;
    this.#now = options.now;
    this.#offlineMs = options.offlineMs;
    this.#restMs = options.restMs ?? REST_MS;
    this.#onNews = options.onNews ?? (() => {});
  }

  /** What the server says, problems included; `server-unreachable` when it says nothing. */
  async ask(asked: Asked): Promise<Answer | Problem> {
    try {
      const device = { id: Buffer.from(this.device, "hex"), secret: this.#secret };
      const answer = await this.client.call({ ...asked, device });
      this.#downUntil = 0;
      await this.#noteAnswer();
      this.#onNews({ kind: "answered", at: this.#now() });
      return answer;
    } catch (error) {
      if (isVaultError(error, "server-unreachable")) {
        this.#downUntil = performance.now() + this.#restMs;
        this.#onNews({ kind: "silent", answeredAt: await this.#cache.answeredAt() });
      }
      if (isVaultError(error, "server-changed")) this.#onNews({ kind: "changed" });
      if (isVaultError(error, "login-failed")) this.#onNews({ kind: "ended" });
      throw error;
    }
  }

  /** The same for calls that take no problem as an answer. */
  async require(asked: Asked, what: string): Promise<Answer> {
    const answer = await this.ask(asked);
    if ("code" in answer) throw errorOf(answer, what);
    return answer;
  }

  /**
   * Asks the server, or takes what the cache has while the server can't be reached and the user lets old state be used
   * for that long. A server that answers, whatever it says, is never replaced by the cache.
   */
  async orOffline<T>(online: () => Promise<T>, offline: () => Promise<T | undefined>): Promise<T> {
    try {
      if (performance.now() < this.#downUntil) throw unreachable(this.client.url);
      return await online();
    } catch (error) {
      if (!isVaultError(error, "server-unreachable")) throw error;
      const age = await this.#age();
      if (age > this.#offlineMs) throw tooOld(this.client.url, this.#offlineMs, error);
      const found = await offline();
      if (found === undefined) throw error;
      return found;
    }
  }

  /** Ms since the server answered; without end where it never did, or where the clock was set back behind it. */
  async #age(): Promise<number> {
    const at = await this.#cache.answeredAt();
    if (at === undefined) return Number.POSITIVE_INFINITY;
    const age = this.#now() - at;
    return age < -CLOCK_MS ? Number.POSITIVE_INFINITY : age;
  }

  async #noteAnswer(): Promise<void> {
    const now = this.#now();
    if (Math.abs(now - this.#answeredAt) < NOTE_EVERY_MS) return;
    this.#answeredAt = now;
    await this.#cache.keepAnsweredAt(now);
  }
}

function tooOld(url: string, offlineMs: number, cause: unknown): VaultError {
  const hours = Math.round(offlineMs / 3_600_000);
  return new VaultError(
    "server-unreachable",
    `No answer from ${url}, and what this device has of it is older than ${hours} hours, the limit of "ov config set offline_hours". Check the network, then try again.`,
    { cause },
  );
}

const REST_MS = 5_000;
const NOTE_EVERY_MS = 60_000;
const CLOCK_MS = 5 * 60_000;
