import type { NamedValue } from "./child-env.ts";
import { compileRunMatcher, type RunMatcher } from "./run-matcher.ts";

export interface HeldMatcher {
  readonly matcher: RunMatcher;
  release(): void;
}

/**
 * Redactors are dear to build and equal for equal secrets, so the last few are kept for the next run. Each holds what
 * it looks for, so it is wiped as soon as it is neither kept nor in use; `close` at lock keeps those of running
 * children until they end, because their output still has to be redacted.
 */
export class MatcherCache {
  readonly #compile: (values: readonly NamedValue[]) => Promise<RunMatcher>;
  readonly #entries = new Map<string, Entry>();

  constructor(compile: (values: readonly NamedValue[]) => Promise<RunMatcher> = compileRunMatcher) {
    this.#compile = compile;
  }

  /** `values` are read before this resolves; the caller may wipe them then. */
  async acquire(fingerprint: string, values: readonly NamedValue[]): Promise<HeldMatcher> {
    const entry = this.#entries.get(fingerprint) ?? newEntry(this.#compile(values));
    entry.users++;
    // Last in the map = used last.
    this.#entries.delete(fingerprint);
    this.#entries.set(fingerprint, entry);
    if (this.#entries.size > KEPT) this.#drop(this.#entries.keys().next().value!);
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      entry.users--;
      wipeUnused(entry);
    };
    try {
      entry.matcher = await entry.compiling;
      return { matcher: entry.matcher, release };
    } catch (error) {
      if (this.#entries.get(fingerprint) === entry) this.#drop(fingerprint);
      release();
      throw error;
    }
  }

  close(): void {
    for (const fingerprint of [...this.#entries.keys()]) this.#drop(fingerprint);
  }

  #drop(fingerprint: string): void {
    const entry = this.#entries.get(fingerprint)!;
    this.#entries.delete(fingerprint);
    entry.isKept = false;
    wipeUnused(entry);
  }
}

const KEPT = 4;

interface Entry {
  readonly compiling: Promise<RunMatcher>;
  /** There as soon as the first user has it: who waits for it is a user already. */
  matcher: RunMatcher | undefined;
  users: number;
  isKept: boolean;
}

function newEntry(compiling: Promise<RunMatcher>): Entry {
  return { compiling, matcher: undefined, users: 0, isKept: true };
}

function wipeUnused(entry: Entry): void {
  if (entry.users === 0 && !entry.isKept) entry.matcher?.wipe();
}
