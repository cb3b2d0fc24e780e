import { sql } from "kysely";
import { Problem } from "../problem.ts";
import type { Tx } from "./schema.ts";

/**
 * Remembers a call that changes something, in the transaction of its change: a replay is refused by every instance on
 * this database, and by one that was just started again.
 */
export async function rememberCall(tx: Tx, hash: string, expiresAt: number): Promise<void> {
  const added = await sql`
    INSERT INTO seen_calls (hash, expires_at) VALUES (${hash}, ${expiresAt})
    ON CONFLICT (hash) DO NOTHING RETURNING hash`.execute(tx);
  if (added.rows.length === 0) throw new Problem("replayed");
}
