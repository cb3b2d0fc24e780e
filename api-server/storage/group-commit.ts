import { setImmediate as nextTurn } from "node:timers/promises";
import type { ControlledTransaction, Kysely } from "kysely";
import { changedIn } from "./changed-accounts.ts";
import type { Schema, Tx } from "./schema.ts";

/**
 * Runs writes one after the other, and commits those that wait together at once: one fsync for all of them. Each has a
 * savepoint of its own, so one that is refused takes nothing of its neighbours with it. Nobody is answered before the
 * commit is durable. `committed` is told which accounts changed.
 */
export function groupCommit(
  kysely: Kysely<Schema>,
  committed: (accounts: Iterable<string>) => void,
): <T>(work: (tx: Tx) => Promise<T>) => Promise<T> {
  const waiting: Job[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      // SQLite answers at once, so nobody else gets to run before the commit. What came in meanwhile is taken along: after
      // one turn of the event loop, all of it waits.
      await nextTurn();
      committed(await commitTogether(kysely, waiting.splice(0, MOST_AT_ONCE)));
    }
    running = false;
  }

  return (work) =>
    new Promise((resolve, reject) => {
      // Job is of any result; this closure alone knows that its own work made the value.
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!running) void drain();
    });
}

interface Job {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

async function commitTogether(kysely: Kysely<Schema>, jobs: readonly Job[]): Promise<ReadonlySet<string>> {
  const answers: (() => void)[] = [];
  const changed = new Set<string>();
  let transaction: ControlledTransaction<Schema> | undefined;
  try {
    transaction = await kysely.startTransaction().execute();
    for (const job of jobs) answers.push(await runInSavepoint(transaction, job, changed));
    await transaction.commit().execute();
  } catch (error) {
    // The disk is full, or broken: nothing of this group was written.
    await transaction
      ?.rollback()
      .execute()
      .catch(() => {});
    for (const job of jobs) job.reject(error);
    return new Set();
  }
  for (const answer of answers) answer();
  return changed;
}

async function runInSavepoint(
  transaction: ControlledTransaction<Schema>,
  job: Job,
  changed: Set<string>,
): Promise<() => void> {
  const point = await transaction.savepoint("job").execute();
  try {
    const value = await job.work(point);
    await point.releaseSavepoint("job").execute();
    for (const account of changedIn(point)) changed.add(account);
    return () => job.resolve(value);
  } catch (error) {
    const back = await point.rollbackToSavepoint("job").execute();
    await back.releaseSavepoint("job").execute();
    return () => job.reject(error);
  }
}

const MOST_AT_ONCE = 64;
