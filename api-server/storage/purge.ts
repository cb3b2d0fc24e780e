import { sql } from "kysely";
import { TOMBSTONES, UNDO } from "../limits.ts";
import type { Database } from "./database.ts";
import type { Tx } from "./schema.ts";

/** Forgets what is over: calls, failed logins, environments that can't be brought back, and at last their tombstones. */
export async function purge(database: Database, now: number): Promise<void> {
  while ((await database.write((tx) => forgetCalls(tx, now))) === CALLS_AT_ONCE);
  await database.write(async (tx) => {
    await tx
      .deleteFrom("login_failures")
      .where("since", "<", now - 24 * 3600_000)
      .execute();
  });
  await each(database, now - UNDO, 0, destroy);
  await each(database, now - TOMBSTONES, -1, forget);
}

/** Says how many. On SQLite everybody else waits meanwhile: a busy minute's calls at once took half a second. */
async function forgetCalls(tx: Tx, now: number): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom("seen_calls")
    .where("hash", "in", (eb) =>
      eb.selectFrom("seen_calls").select("hash").where("expires_at", "<", now).limit(CALLS_AT_ONCE),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

const CALLS_AT_ONCE = 1000;

/** One at a time: a large environment is a large transaction already. */
async function each(
  database: Database,
  before: number,
  above: number,
  step: (tx: Tx, environment: string, before: number) => Promise<void>,
): Promise<void> {
  for (;;) {
    const found = await database.read((tx) =>
      tx
        .selectFrom("environments")
        .select("id")
        .where("deleted_at", "<", before)
        .where("counter", ">", above)
        .limit(1)
        .executeTakeFirst(),
    );
    if (found === undefined) return;
    await database.write((tx) => step(tx, found.id, before));
  }
}

/** The bytes go, the tombstone stays: its counter is 0, which nothing brings back. */
async function destroy(tx: Tx, environment: string, before: number): Promise<void> {
  // It may have been brought back since it was found, or destroyed by another instance.
  const ended = await tx
    .updateTable("environments")
    .set({ counter: 0 })
    .where("id", "=", environment)
    .where("deleted_at", "<", before)
    .where("counter", ">", 0)
    .returning("account")
    .executeTakeFirst();
  if (ended === undefined) return;
  // All that its commits were counted with.
  const { rows } = await sql<{ bytes: number | string }>`
    SELECT length(items) + (SELECT COALESCE(SUM(length(head)), 0) FROM heads WHERE environment = ${environment})
      + (SELECT COALESCE(SUM(length(bytes)), 0) FROM records WHERE environment = ${environment}) AS bytes
    FROM environments WHERE id = ${environment}`.execute(tx);
  for (const table of ["records", "heads", "grants", "token_environments"] as const) {
    await tx.deleteFrom(table).where("environment", "=", environment).execute();
  }
  const none = new Uint8Array(0);
  await tx.updateTable("environments").set({ head: none, items: none }).where("id", "=", environment).execute();
  const freed = Number(rows[0]?.bytes ?? 0);
  await tx
    .updateTable("accounts")
    .set((eb) => ({ used_bytes: eb("used_bytes", "-", freed) }))
    .where("id", "=", ended.account)
    .execute();
}

/** A cursor from before the deletion starts again, of the owner as of the members: nothing else tells them of it now. */
async function forget(tx: Tx, environment: string, before: number): Promise<void> {
  const gone = await tx
    .deleteFrom("environments")
    .where("id", "=", environment)
    .where("deleted_at", "<", before)
    .returning(["account", "revision"])
    .executeTakeFirst();
  if (gone === undefined) return;
  const members = await tx
    .deleteFrom("members")
    .where("environment", "=", environment)
    .returning(["account", "revision"])
    .execute();
  for (const { account, revision } of [gone, ...members]) {
    await tx
      .updateTable("accounts")
      .set({ forgotten_revision: revision })
      .where("id", "=", account)
      .where("forgotten_revision", "<", revision)
      .execute();
  }
}
