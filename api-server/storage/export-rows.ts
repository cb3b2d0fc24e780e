import { type RawBuilder, sql } from "kysely";
import { LIMITS } from "../limits.ts";
import type { Schema, Tx } from "./schema.ts";

export interface RecordPlace {
  readonly item: string;
  readonly version: number;
  readonly epoch: number;
  readonly hash: string;
}

export interface AuditPlace {
  readonly device: string;
  readonly seq: number;
}

/** The account as an export has it, and its last log entry, which tells one moment from another. */
export async function exportedAccount(tx: Tx, account: string) {
  return tx
    .selectFrom("accounts")
    .select(["counter", "object", "revision", "log_seq"])
    .where("id", "=", account)
    .executeTakeFirst();
}

/** The account's own next environment by id, if it is not deleted. */
export async function nextEnvironment(tx: Tx, account: string, after: string) {
  return tx
    .selectFrom("environments")
    .select(["id", "counter", "head", "items"])
    .where("account", "=", account)
    .where("id", ">", after)
    .where("deleted_at", "is", null)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

/** The next records that a manifest may name, in the order of their key, as many as there is room for; one at least. */
export async function nextRecords(
  tx: Tx,
  environment: string,
  counter: number,
  after: RecordPlace | undefined,
  room: number,
): Promise<readonly Schema["records"][]> {
  const key = sql`item, version, epoch, hash`;
  const from = after && sql`AND (${key}) > (${after.item}, ${after.version}, ${after.epoch}, ${after.hash})`;
  const where = sql`environment = ${environment} AND counter <= ${counter}`;
  return whatFits<Schema["records"]>(tx, { table: "records", key, where, from, bytes: "bytes", room });
}

export async function nextAudit(
  tx: Tx,
  account: string,
  after: AuditPlace | undefined,
  room: number,
): Promise<readonly Schema["audit"][]> {
  const key = sql`device, seq`;
  const from = after && sql`AND (${key}) > (${after.device}, ${after.seq})`;
  const where = sql`account = ${account}`;
  return whatFits<Schema["audit"]>(tx, { table: "audit", key, where, from, bytes: "entry", room });
}

interface Walk {
  readonly table: string;
  readonly key: RawBuilder<unknown>;
  readonly where: RawBuilder<unknown>;
  readonly from: RawBuilder<unknown> | undefined;
  /** The large column. */
  readonly bytes: string;
  readonly room: number;
}

/** Sizes first: a page of large rows would be more than is asked for. */
async function whatFits<Row>(tx: Tx, { table, key, where, from = sql``, bytes, room }: Walk): Promise<readonly Row[]> {
  const sizes = await sql<{ size: number }>`
    SELECT length(${sql.ref(bytes)}) AS size FROM ${sql.table(table)} WHERE ${where} ${from}
    ORDER BY ${key} LIMIT ${LIMITS.page}`.execute(tx);
  let total = 0;
  const end = sizes.rows.findIndex(({ size }) => {
    total += Number(size);
    return total > room;
  });
  const count = end < 0 ? sizes.rows.length : Math.max(1, end);
  if (sizes.rows.length === 0) return [];
  const found = await sql<Row>`
    SELECT * FROM ${sql.table(table)} WHERE ${where} ${from} ORDER BY ${key} LIMIT ${count}`.execute(tx);
  return found.rows;
}
