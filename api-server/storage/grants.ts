import { sql } from "kysely";
import { Problem } from "../problem.ts";
import type { Dialect } from "./database.ts";
import { idTable } from "./id-table.ts";
import { LEFT } from "./members.ts";
import type { Tx } from "./schema.ts";

export interface NewGrant {
  /** A member's account, or a token. */
  readonly holder: string;
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** A holder's grant of an epoch is replaced by a newer one. */
export async function putGrants(tx: Tx, environment: string, grants: readonly NewGrant[]): Promise<void> {
  if (grants.length === 0) return;
  if (new Set(grants.map(({ holder, epoch }) => `${holder}:${epoch}`)).size < grants.length)
    throw new Problem("invalid");
  await tx
    .insertInto("grants")
    .values(grants.map(({ holder, epoch, bytes }) => ({ environment, holder, epoch, bytes })))
    .onConflict((conflict) =>
      conflict.columns(["environment", "holder", "epoch"]).doUpdateSet((eb) => ({ bytes: eb.ref("excluded.bytes") })),
    )
    .execute();
}

/** Drops what is for nobody that the newest manifest names. */
export async function keepGrants(
  tx: Tx,
  dialect: Dialect,
  environment: string,
  owner: string,
  tokens: readonly string[],
): Promise<void> {
  await sql`
    DELETE FROM grants WHERE environment = ${environment} AND holder <> ${owner}
      AND holder NOT IN (SELECT account FROM members WHERE environment = ${environment} AND role <> ${LEFT})
      AND holder NOT IN (SELECT value FROM ${idTable(dialect, tokens)})`.execute(tx);
}

export async function readGrants(
  tx: Tx,
  environment: string,
  holder: string,
): Promise<readonly { readonly epoch: number; readonly bytes: Uint8Array }[]> {
  return tx
    .selectFrom("grants")
    .select(["epoch", "bytes"])
    .where("environment", "=", environment)
    .where("holder", "=", holder)
    .orderBy("epoch")
    .execute();
}
