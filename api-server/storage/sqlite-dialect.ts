import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { SqliteDialect, type SqliteStatement } from "kysely";

/**
 * Kysely's own dialect over node:sqlite. Statements are kept: preparing one costs more than most of them take. A
 * writer begins with "begin immediate": otherwise a write that reads first fails if another process wrote meanwhile.
 */
export function sqliteDialect(database: DatabaseSync, begin: "begin" | "begin immediate" = "begin"): SqliteDialect {
  const kept = new Map<string, SqliteStatement>();
  return new SqliteDialect({
    database: {
      prepare(sql) {
        const known = kept.get(sql);
        if (known !== undefined) return known;
        const statement = adapt(database, sql === "begin" ? begin : sql);
        if (kept.size < MOST_KEPT) kept.set(sql, statement);
        return statement;
      },
      close: () => database.close(),
    },
  });
}

function adapt(database: DatabaseSync, sql: string): SqliteStatement {
  const statement: StatementSync = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    // A statement of its own: one that is being walked can't be used for something else.
    iterate: (parameters) => database.prepare(sql).iterate(...bound(parameters)),
  };
}

function bound(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[]; // the schema has text, numbers, bytes and null only
}

const MOST_KEPT = 500;
