import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Maps in parallel, at most 64 at once, so that the number of open files stays bounded. Keeps the order. Where nothing
 * waits for a disk, as with what is known already, the event loop still gets its turn: an editor runs on it.
 */
export async function inBatches<T, R>(all: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let began = performance.now();
  for (let at = 0; at < all.length; at += BATCH) {
    for (const result of await Promise.all(all.slice(at, at + BATCH).map(each))) results.push(result);
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  return results;
}

const BATCH = 64;
const TURN_MS = 5;
