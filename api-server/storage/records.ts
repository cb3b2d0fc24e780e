import { type RawBuilder, sql } from "kysely";
import type { RecordRefBody } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import type { Dialect } from "./database.ts";
import type { Tx } from "./schema.ts";

export interface StoredRecord extends RecordRefBody {
  readonly bytes: Uint8Array;
}

/** Adds records that are not there yet, and says how many bytes that took. */
export async function insertRecords(
  tx: Tx,
  environment: string,
  counter: number,
  records: readonly StoredRecord[],
): Promise<number> {
  let added = 0;
  for (const insert of recordInserts(environment, counter, records)) {
    added += totalSize((await insert.execute(tx)).rows);
  }
  return added;
}

/** The same as statements of as many rows as fit, which answer with the size of each that was added. */
export function recordInserts(
  environment: string,
  counter: number,
  records: readonly StoredRecord[],
): readonly RawBuilder<{ size: number }>[] {
  const inserts: RawBuilder<{ size: number }>[] = [];
  for (let at = 0; at < records.length; at += ROWS_AT_ONCE) {
    const rows = records
      .slice(at, at + ROWS_AT_ONCE)
      .map(
        ({ item, version, epoch, hash, bytes }) =>
          sql`(${environment}, ${item}, ${version}, ${epoch}, ${hash}, ${bytes}, ${counter})`,
      );
    inserts.push(sql`
      INSERT INTO records (environment, item, version, epoch, hash, bytes, counter) VALUES ${sql.join(rows)}
      ON CONFLICT (environment, item, version, epoch, hash) DO NOTHING RETURNING length(bytes) AS size`);
  }
  return inserts;
}

export function totalSize(rows: readonly { readonly size: number }[]): number {
  return rows.reduce((sum, { size }) => sum + Number(size), 0);
}

/** Records that came after counter `have` and up to `counter`: the newest first, until there are enough bytes. */
export async function recordsAfter(
  tx: Tx,
  dialect: Dialect,
  environment: string,
  have: number,
  counter: number,
  most: number = LIMITS.recordsAtOnce,
): Promise<readonly StoredRecord[]> {
  // Sizes first: a page of large records would be more than is asked for.
  const sizes = await tx
    .selectFrom("records")
    .select(["item", "version", "epoch", "hash", sql<number>`length(bytes)`.as("size")])
    .where("environment", "=", environment)
    .where("counter", ">", have)
    .where("counter", "<=", counter)
    .orderBy("counter", "desc")
    .limit(LIMITS.page)
    .execute();
  let total = 0;
  const end = sizes.findIndex((row) => {
    total += Number(row.size);
    return total > most;
  });
  return end === 0 || sizes.length === 0
    ? []
    : readRecords(tx, dialect, environment, end < 0 ? sizes : sizes.slice(0, end));
}

/**
 * One statement, however many are asked for. Those that are missing are left out. For SQLite, CROSS JOIN says to begin with
 * the refs: it began with the records, and read all refs again for each of them.
 */
export async function readRecords(
  tx: Tx,
  dialect: Dialect,
  environment: string,
  refs: readonly RecordRefBody[],
): Promise<readonly StoredRecord[]> {
  const found = await sql<StoredRecord>`
    SELECT r.item, r.version, r.epoch, r.hash, r.bytes FROM ${table(dialect, refs)} CROSS JOIN records r
    WHERE r.environment = ${environment} AND r.item = w.item AND r.version = w.version AND r.epoch = w.epoch
      AND r.hash = w.hash`.execute(tx);
  return found.rows;
}

/** Destroys bytes, and says how many. */
export async function deleteRecords(
  tx: Tx,
  dialect: Dialect,
  environment: string,
  refs: readonly RecordRefBody[],
): Promise<number> {
  const deleted = await sql<{ size: number }>`
    DELETE FROM records WHERE environment = ${environment}
      AND (item, version, epoch, hash) IN (SELECT w.item, w.version, w.epoch, w.hash FROM ${table(dialect, refs)})
    RETURNING length(bytes) AS size`.execute(tx);
  return totalSize(deleted.rows);
}

export async function listVersions(tx: Tx, environment: string, item: string): Promise<readonly RecordRefBody[]> {
  return tx
    .selectFrom("records")
    .select(["item", "version", "epoch", "hash"])
    .where("environment", "=", environment)
    .where("item", "=", item)
    .orderBy("version")
    .orderBy("epoch")
    .orderBy("hash")
    .limit(LIMITS.page)
    .execute();
}

/** The refs as rows: one parameter, and a statement that is always the same. */
function table(dialect: Dialect, refs: readonly RecordRefBody[]): RawBuilder<unknown> {
  const json = JSON.stringify(refs.map(({ item, version, epoch, hash }) => ({ item, version, epoch, hash })));
  return dialect === "sqlite"
    ? sql`(SELECT value ->> 'item' AS item, value ->> 'version' AS version, value ->> 'epoch' AS epoch,
        value ->> 'hash' AS hash FROM json_each(${json})) AS w`
    : sql`json_to_recordset(${json}::json) AS w(item text, version bigint, epoch bigint, hash text)`;
}

/** 7 parameters each, and SQLite takes 32,766 in a statement. */
const ROWS_AT_ONCE = 500;
