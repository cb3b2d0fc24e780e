import { randomUUID } from "node:crypto";
import type { Decision } from "#core/run/approvals.ts";
import type { ApprovalRequest } from "#core/run/vault-access.ts";

/** A request that waits for the person. */
export interface WaitingRequest {
  readonly id: string;
  readonly request: ApprovalRequest;
  /** ms since 1970: when nobody is taken to be there. */
  readonly expiresAt: number;
  /** Aborts when the request has been answered, withdrawn or given up. */
  readonly gone: AbortSignal;
}

type Listener = (waiting: readonly WaitingRequest[]) => void;

/**
 * The requests that wait for the person in this window, oldest first. One is gone as soon as it is answered, its
 * client cancels, or its time is up: then nobody was there, and the client is told what to do.
 */
export class ApprovalQueue {
  readonly #waitMs: number;
  readonly #waiting = new Map<string, WaitingRequest & { settle(decision: Decision | undefined): void }>();
  readonly #listeners = new Set<Listener>();
  #onAllow: (() => void) | undefined;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get waiting(): readonly WaitingRequest[] {
    return [...this.#waiting.values()];
  }

  onDidChange(listener: Listener): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Called after each answer that allows something. */
  onDidAllow(listener: () => void): void {
    this.#onAllow = listener;
  }

  /** An `Ask`: resolves to undefined when nobody answered in time; rejects only if `signal` aborts. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<Decision | undefined> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const id = randomUUID();
      const gone = new AbortController();
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", withdraw);
        this.#waiting.delete(id);
        gone.abort();
        this.#changed();
      };
      const settle = (decision: Decision | undefined): void => {
        leave();
        resolve(decision);
      };
      const withdraw = (): void => {
        leave();
        reject(signal.reason);
      };
      const timer = setTimeout(() => settle(undefined), this.#waitMs);
      signal.addEventListener("abort", withdraw, { once: true });
      this.#waiting.set(id, { id, request, expiresAt: Date.now() + this.#waitMs, gone: gone.signal, settle });
      this.#changed();
    });
  }

  /** False if the request is gone already. */
  answer(id: string, decision: Decision): boolean {
    const waiting = this.#waiting.get(id);
    waiting?.settle(decision);
    if (waiting !== undefined && decision !== "deny") this.#onAllow?.();
    return waiting !== undefined;
  }

  denyAll(): void {
    for (const { id } of this.waiting) this.answer(id, "deny");
  }

  #changed(): void {
    for (const listener of this.#listeners) listener(this.waiting);
  }
}
