import type { Moment, TwoClocks } from "./two-clocks.ts";

export interface IdleLockOptions {
  readonly clocks: TwoClocks;
  /** ms without a use. */
  readonly idleMs: number;
  /** True while something goes on, which is a use until its end. */
  readonly isBusy: () => boolean;
  /** Called from time to time, before it is decided. */
  readonly look: () => void;
  readonly lock: () => void;
}

/** Locks what nobody has used for a while, and what the machine slept over. */
export class IdleLock {
  readonly #options: IdleLockOptions;
  #lastUse: Moment;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: IdleLockOptions) {
    this.#options = options;
    this.#lastUse = options.clocks.moment();
    this.#watch();
  }

  /** ms since 1970, as the wall clock will show it. */
  get locksAt(): number {
    return this.#options.clocks.end(this.#lastUse, this.#options.idleMs);
  }

  /** After a sleep, a call may come before the timer does: so this is asked before each use. */
  get isDue(): boolean {
    return !this.#options.isBusy() && this.#options.clocks.since(this.#lastUse) >= this.#options.idleMs;
  }

  used(): void {
    this.#lastUse = this.#options.clocks.moment();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #watch(): void {
    const { clocks, idleMs, look, lock } = this.#options;
    const wait = Math.min(Math.max(1, idleMs - clocks.since(this.#lastUse)), MAX_TIMER_MS);
    const began = clocks.now();
    this.#timer = setTimeout(() => {
      look();
      // Nobody was there while the machine slept, also where a run goes on.
      const hasSlept = clocks.now() - began - wait > idleMs;
      if (hasSlept || this.isDue) lock();
      else this.#watch();
    }, wait);
    this.#timer.unref();
  }
}

// Also wakes soon after the machine slept, when timers did not run.
const MAX_TIMER_MS = 30_000;
