import { randomBytes } from "node:crypto";
import {
  type CallToolResult,
  type ElicitRequestFormParams,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
} from "@modelcontextprotocol/server";
import { VaultError } from "#core/vault-error.ts";

/** What a person answered in the client's form; "none" = nobody was there, or they closed it. */
export type FormAnswer = { readonly kind: "none" } | { readonly kind: "accepted"; readonly content: unknown };

/** A form of the client's own, or a page that it opens in a browser once the person said yes to that. */
export type Form = ElicitRequestFormParams | { readonly mode: "url"; readonly message: string; readonly url: string };

/** Shows a form through the client. Resolves to "none" after `formMs`; rejects only if the call is cancelled. */
export type ShowForm = (form: Form) => Promise<FormAnswer>;

/** One exchange with the client: a call has one, and one more for every form that it shows. */
export interface Round {
  readonly signal: AbortSignal;
  readonly responses: Record<string, unknown> | undefined;
}

/**
 * Calls that wait for a person. A server of protocol 2026-07-28 can't ask while it answers: it returns "input
 * required", and the client calls again with the answer. The call itself goes on here in between, so what a person
 * approved is exactly what runs: the second call brings an answer and can change nothing.
 */
export class SuspendedCalls {
  /** How long a form waits for a person, in ms. */
  readonly formMs: number;
  readonly #waiting = new Map<string, SuspendedCall>();
  readonly #running = new Set<SuspendedCall>();

  constructor(formMs = 60_000) {
    this.formMs = formMs;
  }

  /** Runs `work` until it ends or shows a form. `identity` is all that the next round has to repeat. */
  start(
    identity: string,
    round: Round,
    work: (show: ShowForm, signal: AbortSignal) => Promise<CallToolResult>,
  ): Promise<CallToolResult | InputRequiredResult> {
    const call = new SuspendedCall(identity, this.#waiting, this.formMs, work);
    this.#running.add(call);
    void call.ended.then(() => this.#running.delete(call));
    return call.next(round);
  }

  /** Whether a call waits here for an answer with this state. */
  has(state: string): boolean {
    return this.#waiting.has(state);
  }

  /** Goes on with a call that waits. The state is good for one use. */
  resume(state: string, identity: string, round: Round): Promise<CallToolResult | InputRequiredResult> {
    const call = this.#waiting.get(state);
    if (call === undefined || call.identity !== identity) {
      throw new VaultError(
        "cancelled",
        "This question no longer waits for an answer. Call the tool again from the start.",
      );
    }
    this.#waiting.delete(state);
    return call.next(round, state);
  }

  /** Cancels every call, and resolves when all have ended and nothing that they started is left. */
  async close(): Promise<void> {
    const calls = [...this.#running];
    for (const call of calls) call.cancel();
    await Promise.all(calls.map((call) => call.ended));
  }
}

class SuspendedCall {
  readonly identity: string;
  /** Resolves when the work is done, well or not. */
  readonly ended: Promise<unknown>;
  readonly #waiting: Map<string, SuspendedCall>;
  readonly #formMs: number;
  readonly #controller = new AbortController();
  readonly #result: Promise<CallToolResult>;
  #open: { readonly state: string; answer(answer: FormAnswer): void } | undefined;
  #ask: ((question: InputRequiredResult) => void) | undefined;

  constructor(
    identity: string,
    waiting: Map<string, SuspendedCall>,
    formMs: number,
    work: (show: ShowForm, signal: AbortSignal) => Promise<CallToolResult>,
  ) {
    this.identity = identity;
    this.#waiting = waiting;
    this.#formMs = formMs;
    this.#result = Promise.resolve().then(() => work((form) => this.#show(form), this.#controller.signal));
    // Nobody listens while a call waits for its next round; the next round still sees a rejection.
    this.ended = this.#result.catch(() => {});
  }

  /** `state` is that of the form which this round answers; one that is no longer open decides nothing. */
  async next(round: Round, state?: string): Promise<CallToolResult | InputRequiredResult> {
    const cancel = () => this.#controller.abort(round.signal.reason);
    round.signal.addEventListener("abort", cancel, { once: true });
    if (round.signal.aborted) cancel();
    try {
      const question = new Promise<InputRequiredResult>((resolve) => {
        this.#ask = resolve;
      });
      if (this.#open?.state === state) this.#open?.answer(formAnswer(round.responses));
      return await Promise.race([this.#result, question]);
    } finally {
      round.signal.removeEventListener("abort", cancel);
    }
  }

  cancel(): void {
    this.#controller.abort();
  }

  #show(form: Form): Promise<FormAnswer> {
    const state = randomBytes(16).toString("hex");
    const signal = this.#controller.signal;
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", cancelled);
        this.#open = undefined;
        // An answer that comes late still learns how the call ended.
        setTimeout(() => this.#waiting.delete(state), LATE_MS).unref();
      };
      const cancelled = () => {
        done();
        reject(
          new VaultError(
            "cancelled",
            "The call was cancelled before a person answered. Call again if it is still wanted.",
          ),
        );
      };
      const answer = (given: FormAnswer) => {
        done();
        resolve(given);
      };
      const timer = setTimeout(() => answer({ kind: "none" }), this.#formMs);
      this.#open = { state, answer };
      if (signal.aborted) return cancelled();
      signal.addEventListener("abort", cancelled, { once: true });
      this.#waiting.set(state, this);
      const { message } = form;
      const request =
        form.mode === "url" ? inputRequired.elicitUrl({ message, url: form.url }) : inputRequired.elicit(form);
      this.#ask?.(inputRequired({ inputRequests: { [FORM_KEY]: request }, requestState: state }));
    });
  }
}

const LATE_MS = 60_000;

/** The one form that a round may show. */
export const FORM_KEY = "approval";

function formAnswer(responses: Record<string, unknown> | undefined): FormAnswer {
  const response = inputResponse(responses, FORM_KEY);
  return response.kind === "elicit" && response.action === "accept"
    ? { kind: "accepted", content: response.content }
    : { kind: "none" };
}
