/**
 * Does something for each, several at a time: the disk takes many fsyncs in the time of one. After a failure nothing
 * new begins, and it rejects when all that began has ended, so that the caller can clean up behind it.
 */
export async function eachAtOnce<T>(all: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const rest = all[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    for (let next = rest.next(); failures.length === 0 && !next.done; next = rest.next()) {
      await work(next.value).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
}

const AT_ONCE = 16;
