import { sql } from "kysely";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { Schema, Tx } from "./schema.ts";

export type AuditRow = Schema["audit"];

/** Appends the next entry of a device's chain; false = this very entry was there already. The account is locked. */
export async function appendAudit(tx: Tx, row: AuditRow): Promise<boolean> {
  const [last] = await lastAudit(tx, row.account, row.device);
  if (last !== undefined && last.seq === row.seq && Buffer.from(row.entry).equals(last.entry)) return false;
  if (row.seq !== (last?.seq ?? 0) + 1) throw new Problem("conflict");
  await tx.insertInto("audit").values(row).execute();
  return true;
}

/** Entries of a chain from `from` on, until there are enough of them or of their bytes. */
export async function readAudit(
  tx: Tx,
  account: string,
  device: string,
  from: number,
  until = Number.MAX_SAFE_INTEGER,
): Promise<readonly AuditRow[]> {
  const chain = chainOf(tx, account, device, until);
  const sizes = await chain
    .select(["seq", sql<number>`length(entry)`.as("size")])
    .where("seq", ">=", from)
    .orderBy("seq")
    .limit(LIMITS.page)
    .execute();
  let total = 0;
  const end = sizes.findIndex(({ size }) => {
    total += Number(size);
    return total > LIMITS.recordsAtOnce;
  });
  // A large one comes alone.
  const last = sizes[end < 0 ? sizes.length - 1 : Math.max(0, end - 1)];
  if (last === undefined) return [];
  return chain.selectAll().where("seq", ">=", from).where("seq", "<=", last.seq).orderBy("seq").execute();
}

/** The end of a chain, or nothing. */
export async function lastAudit(
  tx: Tx,
  account: string,
  device: string,
  until = Number.MAX_SAFE_INTEGER,
): Promise<readonly AuditRow[]> {
  return chainOf(tx, account, device, until).selectAll().orderBy("seq", "desc").limit(1).execute();
}

function chainOf(tx: Tx, account: string, device: string, until: number) {
  const chain = tx.selectFrom("audit").where("account", "=", account).where("device", "=", device);
  return chain.where("received_at", "<=", until);
}

export async function auditDevices(tx: Tx, account: string): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom("audit")
    .select("device")
    .distinct()
    .where("account", "=", account)
    .orderBy("device")
    .execute();
  return rows.map((row) => row.device);
}

/** The chains of everybody else who may read an environment or could: its owner's, its members', and who left. */
export async function memberDevices(
  tx: Tx,
  environment: string,
  but: string,
): Promise<readonly { readonly account: string; readonly device: string }[]> {
  return tx
    .selectFrom("audit")
    .select(["account", "device"])
    .distinct()
    .where((eb) =>
      eb.or([
        eb("account", "in", eb.selectFrom("environments").select("account").where("id", "=", environment)),
        eb("account", "in", eb.selectFrom("members").select("account").where("environment", "=", environment)),
      ]),
    )
    .where("account", "!=", but)
    .orderBy("account")
    .orderBy("device")
    .limit(LIMITS.page)
    .execute();
}

export async function readLog(tx: Tx, account: string, after: number): Promise<readonly Schema["log"][]> {
  return tx
    .selectFrom("log")
    .selectAll()
    .where("account", "=", account)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(LIMITS.page)
    .execute();
}
