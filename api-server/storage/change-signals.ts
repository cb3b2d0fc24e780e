/** Waits for changes of one account. What changed after it was made is not missed. */
export interface Watch {
  /** Resolves when the account changed, after some time without news, or when `signal` aborts; asks nothing itself. */
  news(mostMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Wakes those who wait in this process for a change, so that nobody has to ask the database again and again. */
export interface ChangeSignals {
  watch(account: string): Watch;
  raise(accounts: Iterable<string>): void;
  /** After news may have been missed. */
  raiseAll(): void;
  readonly watches: number;
}

/** `pollMs`: after so long a watcher looks again, although nobody told it of a change. */
export function changeSignals(pollMs: () => number): ChangeSignals {
  const watchers = new Map<string, Set<Watcher>>();
  let watches = 0;

  const raise = (account: string): void => {
    for (const watcher of watchers.get(account) ?? []) watcher.tell();
  };

  return {
    watch(account) {
      const watcher = new Watcher();
      const same = watchers.get(account) ?? new Set();
      watchers.set(account, same.add(watcher));
      watches++;
      return {
        news: (mostMs, signal) => watcher.news(Math.min(mostMs, pollMs()), signal),
        close() {
          if (!same.delete(watcher)) return;
          watches--;
          if (same.size === 0 && watchers.get(account) === same) watchers.delete(account);
        },
      };
    },
    raise(accounts) {
      for (const account of accounts) raise(account);
    },
    raiseAll() {
      for (const account of [...watchers.keys()]) raise(account);
    },
    get watches() {
      return watches;
    },
  };
}

class Watcher {
  #isTold = false;
  #wake: (() => void) | undefined;

  tell(): void {
    this.#isTold = true;
    this.#wake?.();
  }

  async news(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isTold && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener("abort", done);
        this.#wake = done;
      });
      this.#wake = undefined;
    }
    this.#isTold = false;
  }
}
