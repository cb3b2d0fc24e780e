import { sql } from "kysely";
import { wipe } from "#core/crypto/wipe.ts";
import { type Pepper, pepper as pepperOf } from "../../keys/pepper.ts";
import { readServerSecrets } from "../../keys/secret-file.ts";
import { DAY } from "../../limits.ts";
import type { Database } from "../../storage/database.ts";
import type { Check } from "./check.ts";

/** Whether key file and database belong together, keys are rotated, and the clock is right. */
export async function checkKeys(database: Database, keyFile: string, now: number): Promise<readonly Check[]> {
  const secrets = await readServerSecrets(keyFile);
  const pepper = secrets && pepperOf(secrets.pepper);
  return [
    ...(pepper === undefined ? [] : await checkPepper(database, pepper)),
    await checkRotation(database, now),
    await checkClock(database, now),
  ];
}

async function checkPepper(database: Database, pepper: Pepper): Promise<readonly Check[]> {
  const device = await database.read((tx) => tx.selectFrom("devices").selectAll().limit(1).executeTakeFirst());
  const key = await database.read((tx) => tx.selectFrom("seal_keys").selectAll().limit(1).executeTakeFirst());
  const opened = [
    ...(device === undefined ? [] : [pepper.unwrapDeviceSecret(device.account, device.id, device.wrapped_secret)]),
    ...(key === undefined ? [] : [pepper.unwrapSealKey(key.id, key.wrapped)]),
  ];
  wipe(...opened);
  if (opened.length === 0) return [];
  if (!opened.includes(undefined)) {
    return [{ id: "pepper", state: "ok", message: "the key file is the one of this database" }];
  }
  const next = "Put back the key file that belongs to it. With this one no device and no login works.";
  return [{ id: "pepper", state: "fail", message: "the key file is of another database", next }];
}

async function checkRotation(database: Database, now: number): Promise<Check> {
  const id = "rotation";
  const keys = await database.read((tx) => tx.selectFrom("seal_keys").select(["not_before", "not_after"]).execute());
  const current = keys.find(({ not_before, not_after }) => not_before <= now && now < not_after);
  if (current !== undefined) {
    const hours = Math.max(0, Math.floor((now - current.not_before) / (DAY / 24)));
    return { id, state: "ok", message: `the key that calls are sealed to is ${hours} hours old; a day is the most` };
  }
  const message = keys.length === 0 ? "there is no seal key yet" : "the seal keys are over: no server has rotated them";
  return { id, state: "warn", message, next: "Start the server: it makes new ones, and once a day from then on." };
}

async function checkClock(database: Database, now: number): Promise<Check> {
  const id = "clock";
  const next = "Set the clock (NTP): clients are refused when theirs differs by more than two minutes.";
  if (database.dialect === "postgres") {
    const query = sql<{ now: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`;
    const { rows } = await database.read((tx) => query.execute(tx));
    const off = Math.round(Math.abs(Number(rows[0]?.now ?? now) - now) / 1000);
    const message = `this clock and PostgreSQL's differ by ${off} s`;
    return off > 60 ? { id, state: "fail", message, next } : { id, state: "ok", message };
  }
  const last = await database.read((tx) =>
    tx.selectFrom("log").select("time").orderBy("time", "desc").limit(1).execute(),
  );
  const ahead = Math.round(((last[0]?.time ?? 0) - now) / 1000);
  if (ahead <= 60)
    return { id, state: "ok", message: `it is ${new Date(now).toISOString()}, after all that was written` };
  return { id, state: "fail", message: `the clock is ${ahead} s behind the last write`, next };
}
