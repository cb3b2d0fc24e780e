import { type RawBuilder, sql } from "kysely";
import type { Dialect } from "../storage/database.ts";
import { MIGRATIONS } from "../storage/migrations.ts";
import type { Tx } from "../storage/schema.ts";
import type { BackupTable, Value } from "./backup-format.ts";

export interface StoredTable extends BackupTable {
  /** Columns of the primary key. */
  readonly key: readonly string[];
}

/** The tables that a backup has, accounts first: what checks the others reads of them. */
export async function storedTables(tx: Tx, dialect: Dialect): Promise<readonly StoredTable[]> {
  const names = new Set(
    MIGRATIONS.flatMap(({ statements }) => statements.map((text) => /^CREATE TABLE (\w+)/.exec(text)?.[1] ?? "")),
  );
  const tables: StoredTable[] = [];
  for (const name of [...names].sort(accountsFirst)) {
    if (name === "" || LEFT_OUT.has(name)) continue;
    const table = await tableOf(tx, dialect, name);
    if (table.columns.length > 0) tables.push(table);
  }
  return tables;
}

/** All rows of a table, page by page, in the order of its key; a page has some MiB at most. */
export async function* rowsOf(tx: Tx, table: StoredTable): AsyncGenerator<readonly Value[][]> {
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  let count = FIRST_PAGE;
  for (let after: readonly Value[] | undefined; ; ) {
    const where: RawBuilder<unknown> = after === undefined ? sql`` : sql`WHERE (${key}) > (${sql.join(after)})`;
    const query = sql<Record<string, Value>>`
      SELECT ${columns} FROM ${sql.table(table.name)} ${where} ORDER BY ${key} LIMIT ${count}`;
    const { rows } = await query.execute(tx);
    const last = rows.at(-1);
    if (last === undefined) return;
    const page = rows.map((row) => table.columns.map((column) => row[column] ?? null));
    yield page;
    if (rows.length < count) return;
    after = table.key.map((column) => last[column] ?? null);
    // Rows are of 100 bytes or of 3 MiB.
    const bytes = page.reduce((sum, row) => sum + sizeOf(row), 0);
    count = Math.max(1, Math.min(MOST_ROWS, count * 4, Math.floor((count * PAGE_BYTES) / Math.max(1, bytes))));
  }
}

export function sizeOf(row: readonly Value[]): number {
  return row.reduce<number>((sum, value) => sum + (value === null || typeof value === "number" ? 9 : value.length), 0);
}

async function tableOf(tx: Tx, dialect: Dialect, name: string): Promise<StoredTable> {
  const query =
    dialect === "sqlite"
      ? sql<Column>`SELECT name, pk AS place FROM pragma_table_info(${name}) ORDER BY cid`
      : sql<Column>`
          SELECT a.attname AS name, coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 AS place
          FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
          WHERE a.attrelid = to_regclass(${name}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;
  const { rows } = await query.execute(tx);
  const key = rows
    .filter(({ place }) => Number(place) > 0)
    .sort((one, other) => Number(one.place) - Number(other.place));
  return { name, columns: rows.map((row) => row.name), key: key.map((row) => row.name) };
}

interface Column {
  readonly name: string;
  /** In the primary key, from 1 on; 0 = not of it. */
  readonly place: number | string;
}

function accountsFirst(one: string, other: string): number {
  return Number(other === "accounts") - Number(one === "accounts") || (one < other ? -1 : 1);
}

/**
 * Keys that open calls are never on a backup, and are made anew; neither is what is over in minutes. A restore so
 * also ends all calls that were captured before it.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(["seal_keys", "seen_calls", "leases", "login_failures"]);

const FIRST_PAGE = 4;
const MOST_ROWS = 1000;
const PAGE_BYTES = 4 << 20;
