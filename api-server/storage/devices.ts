import { sql } from "kysely";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { Schema, Tx } from "./schema.ts";

export interface Device {
  readonly id: string;
  readonly account: string;
  /** Under the pepper. */
  readonly wrappedSecret: Uint8Array;
}

/** Adds a device. An id that was enrolled before keeps its secret, whoever asks. */
export async function addDevice(tx: Tx, device: Device, time: number): Promise<void> {
  const { count } = await tx
    .selectFrom("devices")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("account", "=", device.account)
    .executeTakeFirstOrThrow();
  if (Number(count) >= LIMITS.devices) throw new Problem("quota_exceeded");
  const added = await tx
    .insertInto("devices")
    .values({
      ...{ id: device.id, account: device.account, wrapped_secret: device.wrappedSecret },
      ...{ enrolled_at: time, seen_at: time },
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  if (added.length === 0) throw new Problem("conflict");
}

/** Every call asks this, so it is text: building it would take five times as long. */
export async function findDevice(tx: Tx, id: string): Promise<(Device & { readonly seenAt: number }) | undefined> {
  const { rows } = await sql<Omit<Schema["devices"], "enrolled_at">>`
    SELECT id, account, wrapped_secret, seen_at FROM devices WHERE id = ${id}`.execute(tx);
  const row = rows[0];
  return row && { id: row.id, account: row.account, wrappedSecret: row.wrapped_secret, seenAt: row.seen_at };
}

export async function listDevices(
  tx: Tx,
  account: string,
): Promise<readonly { readonly id: string; readonly enrolled_at: number; readonly seen_at: number }[]> {
  return tx
    .selectFrom("devices")
    .select(["id", "enrolled_at", "seen_at"])
    .where("account", "=", account)
    .orderBy("id")
    .limit(LIMITS.devices)
    .execute();
}

/** False when the account has no such device. */
export async function deleteDevice(tx: Tx, account: string, id: string): Promise<boolean> {
  const deleted = await tx
    .deleteFrom("devices")
    .where("id", "=", id)
    .where("account", "=", account)
    .returning("id")
    .execute();
  return deleted.length > 0;
}

export async function deleteOtherDevices(tx: Tx, account: string, kept: string): Promise<void> {
  await tx.deleteFrom("devices").where("account", "=", account).where("id", "!=", kept).execute();
}

export async function noteSeen(tx: Tx, id: string, time: number): Promise<void> {
  await tx.updateTable("devices").set({ seen_at: time }).where("id", "=", id).execute();
}
