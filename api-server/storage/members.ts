import { sql } from "kysely";
import type { Member } from "../formats/manifest-head.ts";
import { noteChanged } from "./changed-accounts.ts";
import type { Dialect } from "./database.ts";
import type { Tx } from "./schema.ts";

export interface Access {
  readonly owner: string;
  readonly counter: number;
  /** Of a member; null for the owner, whose role stands in the manifest only. */
  readonly role: string | null;
}

/**
 * What an account has to do with an environment that is not deleted; undefined = nothing, or there is none. Every call on an
 * environment asks this: as text it takes a fifth of the time that building it takes.
 */
export async function findAccess(tx: Tx, account: string, environment: string): Promise<Access | undefined> {
  const found = await sql<Access>`
    SELECT e.account AS owner, e.counter, m.role FROM environments e
    LEFT JOIN members m ON m.environment = e.id AND m.account = ${account}
    WHERE e.id = ${environment} AND e.deleted_at IS NULL AND (e.account = ${account} OR m.role <> ${LEFT})`.execute(tx);
  return found.rows[0];
}

/** Makes the rows what a new manifest says. Those who are not in it any more keep a tombstone, for `GET /changes`. */
export async function setMembers(
  tx: Tx,
  dialect: Dialect,
  environment: string,
  owner: string,
  members: readonly Member[],
  time: number,
): Promise<void> {
  await tx
    .updateTable("members")
    .set((eb) => ({ role: LEFT, left_at: eb.fn.coalesce("left_at", eb.val(time)) }))
    .where("environment", "=", environment)
    .execute();
  const found = await accountsOf(tx, dialect, members);
  const rows = found.filter(({ account }) => account !== owner);
  if (rows.length === 0) return;
  await tx
    .insertInto("members")
    .values(rows.map(({ account, role }) => ({ environment, account, role, revision: 0, left_at: null })))
    .onConflict((conflict) =>
      conflict
        .columns(["environment", "account"])
        .doUpdateSet((eb) => ({ role: eb.ref("excluded.role"), left_at: null })),
    )
    .execute();
}

/**
 * Tells every member that something changed: their own accounts' revisions go on, and the rows have them. Who left is told
 * that once, and nothing of what happens afterwards.
 */
export async function touchMembers(tx: Tx, environment: string, time: number): Promise<void> {
  const touched = await tx
    .updateTable("accounts")
    .set((eb) => ({ revision: eb("revision", "+", 1) }))
    .where("id", "in", (eb) =>
      eb
        .selectFrom("members")
        .select("account")
        .where("environment", "=", environment)
        .where((each) => each.or([each("left_at", "is", null), each("left_at", "=", time)])),
    )
    .returning("id")
    .execute();
  if (touched.length === 0) return;
  for (const { id } of touched) noteChanged(tx, id);
  await tx
    .updateTable("members")
    .set((eb) => ({
      revision: eb.selectFrom("accounts").select("accounts.revision").whereRef("accounts.id", "=", "members.account"),
    }))
    .where("environment", "=", environment)
    .where((eb) => eb.or([eb("left_at", "is", null), eb("left_at", "=", time)]))
    .execute();
}

/**
 * Until when `other` was in an environment that `one` may read: what it did until then is for the others to see. Without
 * end while it still is; undefined = it never was.
 */
export async function sharedUntil(tx: Tx, one: string, other: string): Promise<number | undefined> {
  const found = await sql<{ until: number | string }>`
    SELECT t.until FROM (
      SELECT id FROM environments WHERE account = ${one} AND deleted_at IS NULL
      UNION ALL SELECT environment FROM members WHERE account = ${one} AND role <> ${LEFT}
    ) AS o JOIN (
      SELECT id, ${WITHOUT_END} AS until FROM environments WHERE account = ${other} AND deleted_at IS NULL
      UNION ALL SELECT environment, COALESCE(left_at, ${WITHOUT_END}) FROM members WHERE account = ${other}
    ) AS t ON t.id = o.id ORDER BY t.until DESC LIMIT 1`.execute(tx);
  const [row] = found.rows;
  return row && Number(row.until);
}

const WITHOUT_END = sql.lit(Number.MAX_SAFE_INTEGER);

export async function listShared(
  tx: Tx,
  account: string,
  after: string,
  most: number,
): Promise<readonly { readonly id: string; readonly owner: string; readonly counter: number }[]> {
  return tx
    .selectFrom("members")
    .innerJoin("environments", "environments.id", "members.environment")
    .select(["environments.id", "environments.account as owner", "environments.counter"])
    .where("members.account", "=", account)
    .where("members.role", "!=", LEFT)
    .where("environments.deleted_at", "is", null)
    .where("environments.id", ">", after)
    .orderBy("environments.id")
    .limit(most)
    .execute();
}

async function accountsOf(
  tx: Tx,
  dialect: Dialect,
  members: readonly Member[],
): Promise<readonly { readonly account: string; readonly role: string }[]> {
  const json = JSON.stringify(members);
  const table =
    dialect === "sqlite"
      ? sql`(SELECT value ->> 'fingerprint' AS fingerprint, value ->> 'role' AS role FROM json_each(${json})) AS w`
      : sql`json_to_recordset(${json}::json) AS w(fingerprint text, role text)`;
  const found = await sql<{ account: string; role: string }>`
    SELECT a.id AS account, w.role FROM ${table} JOIN accounts a ON a.fingerprint = w.fingerprint`.execute(tx);
  return found.rows;
}

export const LEFT = "";
