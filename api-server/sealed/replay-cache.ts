/** Remembers calls for 300 to 600 s. A call is refused by its time after 120 s, so no replay outlives its memory. */
export interface ReplayCache {
  /** False when it was there. "full" when no more can be remembered: refuse, rather than forget. */
  add(hash: string, now: number): boolean | "full";
}

/** In this process only; calls that change something are remembered by the database too (storage/seen-calls.ts). */
export function replayCache(most = 1_000_000): ReplayCache {
  let since = 0;
  let current = new Set<string>();
  let before = new Set<string>();
  return {
    add(hash, now) {
      if (now - since >= WINDOW) {
        before = now - since < 2 * WINDOW ? current : new Set();
        current = new Set();
        since = now;
      }
      if (current.has(hash) || before.has(hash)) return false;
      if (current.size >= most) return "full";
      current.add(hash);
      return true;
    },
  };
}

const WINDOW = 300_000;
