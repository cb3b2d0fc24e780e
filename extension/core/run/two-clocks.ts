/** A moment, by both clocks (ms). */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

/**
 * How long something lasts that has to end, by two clocks, since neither is enough alone. The wall clock can be set
 * back, by a person or over the network, which would prolong it; and the steady one stands still while the machine
 * sleeps, on Linux and macOS. What is shown to people is the wall clock.
 */
export class TwoClocks {
  readonly now: () => number;
  readonly #steady: () => number;

  /** Both in ms: `now` since 1970, `steady` from any moment on, and never set. */
  constructor(now: () => number, steady: () => number = () => performance.now()) {
    this.now = now;
    this.#steady = steady;
  }

  moment(): Moment {
    return { wall: this.now(), steady: this.#steady() };
  }

  /** The ms since then, by the clock that says more. */
  since(then: Moment): number {
    return Math.max(this.now() - then.wall, this.#steady() - then.steady);
  }

  /** When something ends that began then and lasts so long: as the wall clock will show it, also after it was set. */
  end(then: Moment, lastsMs: number): number {
    const planned = then.wall + lastsMs;
    const left = lastsMs - (this.#steady() - then.steady);
    return Math.min(planned, Math.round(this.now() + left));
  }
}
