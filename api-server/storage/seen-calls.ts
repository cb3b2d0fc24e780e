import { Problem } from "../problem.ts";
import type { Tx } from "./schema.ts";

/**
 * Remembers a call that changes something, in the transaction of its change: a replay is refused by every instance on
 * this database, and by one that was just started again.
 */
export async function rememberCall(tx: Tx, hash: string, expiresAt: number): Promise<void> {
  const added = await tx
    .insertInto("seen_calls")
    .values({ hash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column("hash").doNothing())
    .returning("hash")
    .execute();
  if (added.length === 0) throw new Problem("replayed");
}
