import { type RawBuilder, sql } from "kysely";
import type { Dialect } from "./database.ts";
import type { Tx } from "./schema.ts";

/**
 * Runs statements that change a table each and need nothing of one another, and gives the rows of each. On PostgreSQL they
 * are one statement, since most of what a small one costs there is its way there and back; none of them sees what the
 * others change. All have RETURNING, of text and numbers only: the rows come back as JSON.
 */
export async function together<const Rows extends readonly object[]>(
  tx: Tx,
  dialect: Dialect,
  ...statements: { readonly [At in keyof Rows]: RawBuilder<Rows[At]> }
): Promise<{ readonly [At in keyof Rows]: readonly Rows[At][] }> {
  type All = { readonly [At in keyof Rows]: readonly Rows[At][] };
  if (dialect === "sqlite") {
    const all: (readonly object[])[] = [];
    for (const statement of statements) all.push((await statement.execute(tx)).rows);
    return all as unknown as All; // in their order
  }
  const parts = statements.map((statement, at) => sql`${sql.raw(`s${at}`)} AS (${statement})`);
  const answers = statements.map((_, at) => sql.raw(`(SELECT json_agg(s${at}) FROM s${at})`));
  const found = await sql<{ all: (readonly object[] | null)[] }>`
    WITH ${sql.join(parts)} SELECT json_build_array(${sql.join(answers)}) AS all`.execute(tx);
  return found.rows[0]!.all.map((rows) => rows ?? []) as unknown as All; // in their order
}
