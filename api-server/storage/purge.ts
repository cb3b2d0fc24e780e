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
  for (;;) {
    const found = await database.read((tx) => deletedBefore(tx, now - UNDO, 0));
    if (found === undefined) break;
    await database.write((tx) => destroy(tx, found));
  }
  for (;;) {
    const found = await database.read((tx) => deletedBefore(tx, now - TOMBSTONES, undefined));
    if (found === undefined) break;
    await database.write((tx) => forget(tx, found));
  }
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

interface Deleted {
  readonly id: string;
  readonly account: string;
  readonly revision: number;
}

/** One at a time: a large environment is a large transaction already. */
async function deletedBefore(tx: Tx, time: number, above: number | undefined): Promise<Deleted | undefined> {
  let query = tx.selectFrom("environments").select(["id", "account", "revision"]).where("deleted_at", "<", time);
  if (above !== undefined) query = query.where("counter", ">", above);
  return query.limit(1).executeTakeFirst();
}

/** The bytes go, the tombstone stays: its counter is 0, which nothing brings back. */
async function destroy(tx: Tx, { id, account }: Deleted): Promise<void> {
  const size = await tx
    .selectFrom("records")
    .select((eb) => eb.fn.sum<number | null>(eb.fn<number>("length", ["bytes"])).as("bytes"))
    .where("environment", "=", id)
    .executeTakeFirst();
  await tx.deleteFrom("records").where("environment", "=", id).execute();
  await tx.deleteFrom("heads").where("environment", "=", id).execute();
  const none = new Uint8Array(0);
  await tx.updateTable("environments").set({ counter: 0, head: none, items: none }).where("id", "=", id).execute();
  const freed = Number(size?.bytes ?? 0);
  await tx
    .updateTable("accounts")
    .set((eb) => ({ used_bytes: eb("used_bytes", "-", freed) }))
    .where("id", "=", account)
    .execute();
}

async function forget(tx: Tx, { id, account, revision }: Deleted): Promise<void> {
  await tx.deleteFrom("environments").where("id", "=", id).execute();
  await tx
    .updateTable("accounts")
    .set({ forgotten_revision: revision })
    .where("id", "=", account)
    .where("forgotten_revision", "<", revision)
    .execute();
}
