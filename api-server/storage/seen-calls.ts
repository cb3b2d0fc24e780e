import { type RawBuilder, sql } from "kysely";
import { Problem } from "../problem.ts";
import type { Tx } from "./schema.ts";

/** A call that changes something. */
export interface SeenCall {
  /** SHA-256(enc). */
  readonly hash: string;
  /** ms since 1970: its own time forbids it from then on. */
  readonly expiresAt: number;
}

/**
 * Remembers a call that changes something, in the transaction of its change: a replay is refused by every instance on
 * this database, and by one that was just started again.
 */
export async function rememberCall(tx: Tx, call: SeenCall): Promise<void> {
  refuseReplay((await remembering(call).execute(tx)).rows);
}

/** For a transaction that takes its first steps in one: what this returns is for `refuseReplay`. */
export function remembering({ hash, expiresAt }: SeenCall): RawBuilder<{ hash: string }> {
  return sql`INSERT INTO seen_calls (hash, expires_at) VALUES (${hash}, ${expiresAt})
    ON CONFLICT (hash) DO NOTHING RETURNING hash`;
}

export function refuseReplay(added: readonly { hash: string }[]): void {
  if (added.length === 0) throw new Problem("replayed");
}
