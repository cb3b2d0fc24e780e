import { type RawBuilder, sql } from "kysely";
import type { Dialect } from "./database.ts";

/** Ids or hashes as the rows of `w(value)`: one parameter, and a statement that is always the same. */
export function idTable(dialect: Dialect, ids: readonly string[]): RawBuilder<unknown> {
  const json = JSON.stringify(ids);
  return dialect === "sqlite"
    ? sql`(SELECT value FROM json_each(${json})) AS w`
    : sql`json_array_elements_text(${json}::json) AS w(value)`;
}
