/** Maps in parallel, at most 64 at once, so that the number of open files stays bounded. Keeps the order. */
export async function inBatches<T, R>(all: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += BATCH) {
    for (const result of await Promise.all(all.slice(at, at + BATCH).map(each))) results.push(result);
  }
  return results;
}

const BATCH = 64;
