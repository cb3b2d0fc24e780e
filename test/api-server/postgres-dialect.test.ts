import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { findDevice } from "../../api-server/storage/devices.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { openPostgres } from "../../api-server/storage/postgres-database.ts";
import { findToken } from "../../api-server/storage/tokens.ts";
import { startPostgres } from "./postgres.ts";

const postgres = await startPostgres();

test("a write waits for the disk, whatever the database's default is", async (t) => {
  const url = await postgres.newDatabase();
  await run(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
  const database = openPostgres(url);
  t.after(() => database.close());
  const setting = sql<{ synchronous_commit: string }>`SHOW synchronous_commit`;
  const outside = await database.read((tx) => setting.execute(tx));
  const inside = await database.write((tx) => setting.execute(tx));
  assert.deepEqual(
    [outside, inside].map(({ rows }) => rows[0]?.synchronous_commit),
    ["off", "on"],
  );
});

test("statements stay prepared on their connection, also over a step of the schema by another server", async (t) => {
  const url = await postgres.newDatabase();
  const database = openPostgres(url, 1);
  t.after(() => database.close());
  await migrate(database);
  const read = () =>
    database.read(async (tx) => {
      assert.equal(await findDevice(tx, "a".repeat(32)), undefined);
      assert.equal(await findToken(tx, "a".repeat(32)), undefined);
    });
  const prepared = () =>
    database.read(async (tx) => {
      const { rows } = await sql<{ name: string; text: string }>`
        SELECT name, statement AS text FROM pg_prepared_statements`.execute(tx);
      return rows;
    });
  await read();
  const before = await prepared();
  assert.equal(before.filter(({ text }) => text.includes("FROM devices WHERE id =")).length, 1);
  assert.deepEqual(
    before.filter(({ text }) => text.includes("*")),
    [],
    "one that asks for all columns would be refused after the step",
  );
  for (const table of ["devices", "tokens"]) await run(url, `ALTER TABLE ${table} ADD COLUMN next_note TEXT`);
  await read();
  assert.deepEqual(await prepared(), before);
});

async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
