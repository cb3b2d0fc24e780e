import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { databaseFile } from "../../api-server/place.ts";
import { startApi } from "../../api-server/start-api.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { MIGRATIONS } from "../../api-server/storage/migrations.ts";
import { openSqlite } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { commitBody } from "./conformance.ts";
import { callerOf } from "./sealed-caller.ts";
import { serveVault } from "./served-vault.ts";

const MAIN = join(import.meta.dirname, "../../api-server/main.ts");
const MIB = 1 << 20;

test("with less than 64 MiB free writes are refused by 507, and reads are answered", async (t) => {
  let free = 1000 * MIB;
  const { api, caller, device, vault, path } = await serveVault({ freeBytes: async () => free }, 1);
  t.after(() => api.close());
  free = 64 * MIB - 1;
  const body = commitBody(vault.commits[1]!);
  const end = Date.now() + 10_000;
  let answer = await caller.call("PUT", path, { device, body });
  // The room is looked at once a second; until then a write may still get in, and is the same when it is sent again.
  while (answer.status === 200 && Date.now() < end) answer = await caller.call("PUT", path, { device, body });
  assert.equal(answer.status, 507);
  assert.equal(answer.body.code, "store_full");
  assert.equal((await caller.call("GET", path, { device })).status, 200);
  free = 64 * MIB;
  while (answer.status === 507 && Date.now() < end) answer = await caller.call("PUT", path, { device, body });
  assert.equal(answer.status, 200, "and taken again when there is room");
});

test("a database that is found to be damaged is served no more: readyz says 503", async (t) => {
  let corrupt = 0;
  const { api, options, caller, device, path } = await serveVault({ onCorrupt: () => corrupt++ }, 3);
  assert.equal((await fetch(`${api.url}/readyz`)).status, 200);
  await api.close();
  damage(databaseFile(options.folder), "environments");
  const again = await startApi({ ...options, port: Number(new URL(api.url).port) });
  t.after(() => again.close());
  assert.equal((await caller.call("GET", path, { device })).status, 500, "nothing of it is answered");
  assert.equal((await fetch(`${again.url}/readyz`)).status, 503);
  assert.equal(corrupt, 1);
});

test("a server that finds its database damaged while it serves ends with 70", async () => {
  const { api, options, device, path } = await serveVault({}, 3);
  await api.close();
  damage(databaseFile(options.folder), "environments");
  const running = spawn(process.execPath, [MAIN, "serve", "--folder", options.folder, "--port", "0"]);
  let output = "";
  for await (const chunk of running.stdout) {
    output += String(chunk);
    if (output.includes("ov vault move")) break;
  }
  const caller = callerOf(/listens at (\S+)/.exec(output)![1]!, api.serverId);
  const ended = once(running, "exit");
  await caller.call("GET", path, { device }).catch(() => undefined);
  assert.equal((await ended)[0], 70);
});

test("a server ends with 70 on a file that is no database", async () => {
  const folder = temporaryFolder("ov-no-database-");
  const file = openSync(databaseFile(folder), "w");
  writeSync(file, "this is no database, and it is longer than a header is. ".repeat(100));
  closeSync(file);
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "serve", "--folder", folder, "--port", "0"]);
  assert.equal(status, 70);
  assert.match(String(stderr), /damaged/);
});

test("a step of the schema that was applied with another text stops the start", async (t) => {
  const database = await openSqlite(join(temporaryFolder("ov-steps-"), "vaults.db"));
  t.after(() => database.close());
  const [first, ...rest] = MIGRATIONS;
  assert.equal((await migrate(database)).length, MIGRATIONS.length);
  assert.deepEqual(await migrate(database), [], "none is taken twice");
  const changed = { ...first!, statements: [...first!.statements, "CREATE TABLE extra (id TEXT PRIMARY KEY)"] };
  await assert.rejects(migrate(database, { migrations: [changed, ...rest] }), /another text/);
  await assert.rejects(
    database.read((tx) =>
      tx
        .selectFrom("extra" as "log")
        .selectAll()
        .execute(),
    ),
  );
});

test("a step that was cut off before it was noted is taken up again, whatever of it was done", async (t) => {
  for (const [at, step] of MIGRATIONS.entries()) {
    const database = await openSqlite(join(temporaryFolder("ov-half-"), "vaults.db"));
    t.after(() => database.close());
    await migrate(database, { migrations: MIGRATIONS.slice(0, at) });
    for (const statement of step.statements) {
      await database.apply([statement.replaceAll("BYTES", "BLOB")], async () => {});
    }
    assert.equal((await migrate(database)).length, MIGRATIONS.length - at);
  }
});

test("while one instance migrates, another waits for it; and takes over from one that died", async (t) => {
  const database = await openSqlite(join(temporaryFolder("ov-lease-"), "vaults.db"));
  t.after(() => database.close());
  const both = await Promise.all([migrate(database), migrate(database)]);
  assert.deepEqual(both.map((steps) => steps.length).sort(), [0, MIGRATIONS.length]);
  const lease = (holder: string, expires_at: number) =>
    database.write((tx) => tx.insertInto("leases").values({ name: "migrate", holder, expires_at }).execute());
  await lease("dead", Date.now() - 1);
  assert.deepEqual(await migrate(database), []);
  await lease("alive", Date.now() + 60_000);
  await assert.rejects(migrate(database, { wait: 150 }), /Another instance has been migrating/);
});

/** Overwrites the first page of a table. */
function damage(file: string, table: string): void {
  const database = new DatabaseSync(file);
  const row = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table);
  const size = database.prepare("PRAGMA page_size").get();
  database.close();
  const bytes = Number(size?.page_size);
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, (Number(row?.rootpage) - 1) * bytes);
  closeSync(handle);
}
