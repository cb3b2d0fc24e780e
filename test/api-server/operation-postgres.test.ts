import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { startApi } from "../../api-server/start-api.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { MIGRATIONS } from "../../api-server/storage/migrations.ts";
import { openPostgres } from "../../api-server/storage/postgres-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { commitBody } from "./conformance.ts";
import { startPostgres } from "./postgres.ts";
import { callerOf } from "./sealed-caller.ts";
import { serveVault } from "./served-vault.ts";

const MAIN = join(import.meta.dirname, "../../api-server/main.ts");
const postgres = await startPostgres();

test("processes that migrate one PostgreSQL at once take turns: each step is taken once, and all end well", async () => {
  const databaseUrl = await postgres.newDatabase();
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const started = [0, 1, 2].map(() => spawn(process.execPath, [MAIN, "migrate"], { env, stdio: "ignore" }));
  const codes = await Promise.all(started.map(async (child) => (await once(child, "exit"))[0]));
  assert.deepEqual(codes, [0, 0, 0]);
  const database = openPostgres(databaseUrl);
  const steps = await database.read((tx) => tx.selectFrom("migrations").select("name").orderBy("name").execute());
  const leases = await database.read((tx) => tx.selectFrom("leases").selectAll().execute());
  await database.close();
  assert.deepEqual(
    steps.map(({ name }) => name),
    MIGRATIONS.map(({ name }) => name),
  );
  assert.deepEqual(leases, []);
});

test("instances that meet an empty PostgreSQL at the same moment all start, again and again", async () => {
  for (let round = 0; round < 5; round++) {
    const databaseUrl = await postgres.newDatabase();
    const databases = Array.from({ length: 6 }, () => openPostgres(databaseUrl, 1));
    await Promise.all(databases.map((database) => database.check()));
    const steps = await Promise.all(databases.map((database) => migrate(database)));
    await Promise.all(databases.map((database) => database.close()));
    assert.equal(steps.flat().length, MIGRATIONS.length);
  }
});

test("who waits at one instance is told of a change through another one, with what changed", async (t) => {
  const databaseUrl = await postgres.newDatabase();
  const { api, options, caller, device, vault, path } = await serveVault({ databaseUrl }, 1);
  t.after(() => api.close());
  const keyFile = join(options.folder, "server-keys.json");
  const second = await startApi({ folder: temporaryFolder("ov-second-"), databaseUrl, keyFile, metricsPort: 0 });
  t.after(() => second.close());
  const there = callerOf(second.url, second.serverId);
  const { revision } = (await there.call("GET", "/changes?since=0", { device })).body;
  const waiting = there.call("GET", `/changes?since=${revision}&wait=20`, { device });
  const end = Date.now() + 20_000;
  const metric = async (name: string): Promise<string | undefined> =>
    new RegExp(`^${name} (\\S+)$`, "m").exec(await (await fetch(second.metricsUrl!)).text())?.[1];
  for (const name of ["ov_hears_instances", "ov_waiting_calls"])
    while ((await metric(name)) !== "1" && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await metric("ov_hears_instances"), "1");
  assert.equal(await metric("ov_waiting_calls"), "1");
  await caller.call("PUT", path, { device, body: commitBody(vault.commits[1]!) });
  const told = await waiting;
  assert.deepEqual(told.body.environments, [{ id: path.split("/")[2], counter: 2, deleted: false }]);
  assert.equal(await metric("ov_waiting_calls"), "0");
});
