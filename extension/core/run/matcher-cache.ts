import { compileMatcher, type Matcher } from "../redact/matcher.ts";
import type { NamedValue } from "./child-env.ts";

export interface HeldMatcher {
  readonly matcher: Matcher;
  release(): void;
}

/**
 * Redactors are dear to build and equal for equal secrets, so the last few are kept for the next run. Each holds what
 * it looks for, so it is wiped as soon as it is neither kept nor in use; `close` at lock keeps those of running
 * children until they end, because their output still has to be redacted.
 */
export class MatcherCache {
  readonly #compile: (values: readonly NamedValue[]) => Matcher;
  readonly #entries = new Map<string, Entry>();

  constructor(compile: (values: readonly NamedValue[]) => Matcher = compileMatcher) {
    this.#compile = compile;
  }

  /** `values` are read before this returns; the caller may wipe them. */
  acquire(fingerprint: string, values: readonly NamedValue[]): HeldMatcher {
    const entry = this.#entries.get(fingerprint) ?? { matcher: this.#compile(values), users: 0, isKept: true };
    entry.users++;
    // Last in the map = used last.
    this.#entries.delete(fingerprint);
    this.#entries.set(fingerprint, entry);
    if (this.#entries.size > KEPT) this.#drop(this.#entries.keys().next().value!);
    let isHeld = true;
    return {
      matcher: entry.matcher,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.users--;
        wipeUnused(entry);
      },
    };
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
  readonly matcher: Matcher;
  users: number;
  isKept: boolean;
}

function wipeUnused(entry: Entry): void {
  if (entry.users === 0 && !entry.isKept) entry.matcher.wipe();
}
