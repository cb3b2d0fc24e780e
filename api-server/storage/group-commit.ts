import type { ControlledTransaction, Kysely } from "kysely";
import type { Schema, Tx } from "./schema.ts";

/**
 * Runs writes one after the other, and commits those that wait together at once: one fsync for all of them. Each has a
 * savepoint of its own, so one that is refused takes nothing of its neighbours with it. Nobody is answered before the
 * commit is durable.
 */
export function groupCommit(kysely: Kysely<Schema>): <T>(work: (tx: Tx) => Promise<T>) => Promise<T> {
  const waiting: Job[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) await commitTogether(kysely, waiting.splice(0, MOST_AT_ONCE));
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

async function commitTogether(kysely: Kysely<Schema>, jobs: readonly Job[]): Promise<void> {
  const answers: (() => void)[] = [];
  let transaction: ControlledTransaction<Schema> | undefined;
  try {
    transaction = await kysely.startTransaction().execute();
    for (const job of jobs) answers.push(await runInSavepoint(transaction, job));
    await transaction.commit().execute();
  } catch (error) {
    // The disk is full, or broken: nothing of this group was written.
    await transaction
      ?.rollback()
      .execute()
      .catch(() => {});
    for (const job of jobs) job.reject(error);
    return;
  }
  for (const answer of answers) answer();
}

async function runInSavepoint(transaction: ControlledTransaction<Schema>, job: Job): Promise<() => void> {
  const point = await transaction.savepoint("job").execute();
  try {
    const value = await job.work(point);
    await point.releaseSavepoint("job").execute();
    return () => job.resolve(value);
  } catch (error) {
    const back = await point.rollbackToSavepoint("job").execute();
    await back.releaseSavepoint("job").execute();
    return () => job.reject(error);
  }
}

const MOST_AT_ONCE = 64;
