import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { migrate } from "../../api-server/storage/migrate.ts";
import { purge } from "../../api-server/storage/purge.ts";
import { openSqlite } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("calls that are over are forgotten in steps that let others in, however many there are; the others stay", async (t) => {
  const database = await openSqlite(join(temporaryFolder("ov-purge-"), "vaults.db"));
  t.after(() => database.close());
  await migrate(database);
  const calls = Array.from({ length: 2500 }, (_, at) => ({
    hash: randomBytes(32).toString("hex"),
    expires_at: at < 2400 ? 1000 : 3000,
  }));
  await database.write(async (tx) => {
    for (let at = 0; at < calls.length; at += 500) {
      await tx
        .insertInto("seen_calls")
        .values(calls.slice(at, at + 500))
        .execute();
    }
  });
  const left = () => database.read((tx) => tx.selectFrom("seen_calls").select("hash").execute());
  const purged = purge(database, 2000);
  await database.write(async () => {});
  const between = (await left()).length;
  assert.ok(between > 100, `${between} were left when another write was answered`);
  await purged;
  assert.equal((await left()).length, 100);
});
