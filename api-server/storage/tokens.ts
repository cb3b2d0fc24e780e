import { sql } from "kysely";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { Dialect } from "./database.ts";
import { idTable } from "./id-table.ts";
import type { Tx } from "./schema.ts";

export interface NewToken {
  readonly id: string;
  readonly account: string;
  /** Under the pepper. */
  readonly wrappedSecret: Uint8Array;
  readonly kemKey: Uint8Array;
  readonly label: Uint8Array;
  readonly bundle: Uint8Array;
  /** CIDRs. */
  readonly addresses: readonly string[];
  readonly environments: readonly string[];
  readonly expiresAt: number;
}

export interface TokenRow {
  readonly id: string;
  readonly account: string;
  readonly kem_key: Uint8Array;
  readonly label: Uint8Array;
  readonly addresses: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
  readonly used_address: string | null;
}

/** An id that was used before keeps its secret, whoever asks; devices have their ids out of the same space. */
export async function addToken(tx: Tx, token: NewToken, time: number): Promise<void> {
  const device = await tx.selectFrom("devices").select("id").where("id", "=", token.id).executeTakeFirst();
  if (device !== undefined) throw new Problem("conflict");
  const { count } = await tx
    .selectFrom("tokens")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("account", "=", token.account)
    .executeTakeFirstOrThrow();
  if (Number(count) >= LIMITS.tokens) throw new Problem("quota_exceeded");
  const added = await tx
    .insertInto("tokens")
    .values({
      ...{ id: token.id, account: token.account, wrapped_secret: token.wrappedSecret, kem_key: token.kemKey },
      ...{ label: token.label, bundle: token.bundle, addresses: token.addresses.join("\n") },
      ...{ created_at: time, expires_at: token.expiresAt, used_at: null, used_address: null },
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  if (added.length === 0) throw new Problem("conflict");
  await tx
    .insertInto("token_environments")
    .values(token.environments.map((environment) => ({ token: token.id, environment })))
    .execute();
}

/** With the environments that it may read now. */
export async function findToken(tx: Tx, id: string) {
  const token = await tx.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst();
  return token && { ...token, environments: await environmentsOf(tx, id) };
}

export async function noteUse(tx: Tx, id: string, time: number, address: string): Promise<void> {
  await tx.updateTable("tokens").set({ used_at: time, used_address: address }).where("id", "=", id).execute();
}

/** Those that an account made, those of its own environments, and of those that it is an admin of. */
export async function listTokens(tx: Tx, account: string): Promise<readonly TokenRow[]> {
  return tx
    .selectFrom("tokens")
    .select(["id", "account", "kem_key", "label", "addresses", "created_at", "expires_at", "used_at", "used_address"])
    .where((eb) =>
      eb.or([
        eb("account", "=", account),
        eb.exists(
          eb
            .selectFrom("token_environments")
            .innerJoin("environments", "environments.id", "token_environments.environment")
            .select("environments.id")
            .whereRef("token_environments.token", "=", "tokens.id")
            .where("environments.account", "=", account),
        ),
        eb.exists(
          eb
            .selectFrom("token_environments")
            .innerJoin("members", "members.environment", "token_environments.environment")
            .select("members.account")
            .whereRef("token_environments.token", "=", "tokens.id")
            .where("members.account", "=", account)
            .where("members.role", "=", "admin"),
        ),
      ]),
    )
    .orderBy("id")
    .limit(LIMITS.page)
    .execute();
}

/** Of all tokens of `listTokens`, in one statement. */
export async function tokenEnvironments(tx: Tx, dialect: Dialect, tokens: readonly string[]) {
  const found = await sql<{ token: string; environment: string }>`
    SELECT t.token, t.environment FROM token_environments t JOIN ${idTable(dialect, tokens)} ON t.token = w.value
    ORDER BY t.token, t.environment`.execute(tx);
  return found.rows;
}

/** False when the account may not end it, or there is none. */
export async function deleteToken(tx: Tx, account: string, id: string): Promise<boolean> {
  if (!(await listTokens(tx, account)).some((token) => token.id === id)) return false;
  await tx.deleteFrom("token_environments").where("token", "=", id).execute();
  await tx.deleteFrom("grants").where("holder", "=", id).execute();
  await tx.deleteFrom("tokens").where("id", "=", id).execute();
  return true;
}

/** An environment whose manifest doesn't name a token any more is not open to it. */
export async function keepTokens(
  tx: Tx,
  dialect: Dialect,
  environment: string,
  tokens: readonly string[],
): Promise<void> {
  await sql`
    DELETE FROM token_environments WHERE environment = ${environment}
      AND token NOT IN (SELECT value FROM ${idTable(dialect, tokens)})`.execute(tx);
}

async function environmentsOf(tx: Tx, token: string): Promise<readonly string[]> {
  const rows = await tx.selectFrom("token_environments").select("environment").where("token", "=", token).execute();
  return rows.map(({ environment }) => environment);
}
