import { PostgresDialect, type PostgresPoolClient } from "kysely";
import type pg from "pg";

/**
 * Kysely's own dialect. Statements have names, by which each connection keeps them prepared: to parse and plan one costs
 * PostgreSQL more than to run most of them.
 */
export function postgresDialect(pool: pg.Pool): PostgresDialect {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    if (names.size < MOST_KEPT && !names.has(text) && isKept(text)) names.set(text, `ov${names.size}`);
    return names.get(text);
  };
  return new PostgresDialect({
    pool: { options: pool.options, connect: async () => adapt(await pool.connect(), nameOf), end: () => pool.end() },
  });
}

function adapt(client: pg.PoolClient, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  const query = (text: string, parameters: readonly unknown[]) => {
    const values = parameters as unknown[]; // it changes nothing in them
    const name = values.length > 0 ? nameOf(text) : undefined;
    return client.query({ text: text === "begin" ? BEGIN : text, values, ...(name !== undefined && { name }) });
  };
  // The other way to call it takes a cursor, and nothing here makes one.
  return { query: query as unknown as PostgresPoolClient["query"], release: (isBroken) => client.release(isBroken) };
}

/**
 * One that answers with all columns is prepared for those of that moment, and refused after a step of the schema. Long ones
 * have many rows of values, and are hardly ever the same again.
 */
function isKept(text: string): boolean {
  return !text.includes("*") && text.length < 2000;
}

/** Whatever the server's default is, an acknowledged write is on disk. */
const BEGIN = "begin; set local synchronous_commit = on";
const MOST_KEPT = 200;
