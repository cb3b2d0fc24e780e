import type { Id } from "../store.ts";
import { environmentsOf } from "./answers.ts";
import { asCount, asIdOf, asNumber } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";
import { badAnswer } from "./server-error.ts";

/**
 * Says of everything that a device has whether it is still the newest, by one call: what was not changed after the
 * revision of the last call is. A server that lies here could as well lie about each of them.
 */
export class ChangesSince {
  readonly #link: RemoteLink;
  #revision = 0;
  #epoch: Id | undefined;
  /** The newest counters that the server told of, as of `#revision` or later. */
  readonly #newest = new Map<string, number>();
  #asking: Promise<void> | undefined;
  /** When the last answer was asked for; steady ms. */
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(link: RemoteLink) {
    this.#link = link;
  }

  /** This was read just now. */
  note(series: string, counter: number): void {
    this.#newest.set(series, counter);
  }

  drop(series: string): void {
    this.#newest.delete(series);
  }

  /** Asks the server, once for all who want to know at the same time; and not if it was asked less than `reuseMs` ago. */
  async isNewest(series: string, counter: number, reuseMs: number): Promise<boolean> {
    if (performance.now() - this.#askedAt < reuseMs && this.#newest.has(series)) {
      return this.#newest.get(series) === counter;
    }
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
    return this.#newest.get(series) === counter;
  }

  async #ask(): Promise<void> {
    const asked = performance.now();
    const epoch = this.#epoch === undefined ? "" : `&epoch=${this.#epoch}`;
    const path = `/changes?since=${this.#revision}${epoch}`;
    const answer = await this.#link.ask({ method: "GET", path, hurry: true });
    if ("code" in answer) {
      if (answer.code !== "resync_required") throw errorOf(answer, "changes");
      // Restored, or away for long: each is asked for by itself, and the next call begins anew.
      this.#revision = 0;
      this.#epoch = undefined;
      return this.#newest.clear();
    }
    this.#askedAt = asked;
    if (answer.status === 304) return;
    const revision = asNumber(answer.body?.revision);
    const { list } = environmentsOf(answer.body);
    if (revision === undefined || revision < this.#revision) throw badAnswer("changes");
    // A full page is not all of it: then what is not in it may have changed too.
    if (list.length >= PAGE) this.#newest.clear();
    for (const { id, counter, isDeleted } of list) {
      if (isDeleted) this.#newest.delete(id);
      else this.#newest.set(id, counter);
    }
    const account = asCount(answer.body?.account);
    if (account !== undefined) this.#newest.set("account", account);
    this.#revision = revision;
    this.#epoch = asIdOf(answer.body?.epoch);
  }
}

const PAGE = 1000;
