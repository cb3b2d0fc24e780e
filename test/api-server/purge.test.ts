import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import { DAY } from "../../api-server/limits.ts";
import { changesSince } from "../../api-server/storage/changes.ts";
import type { Database } from "../../api-server/storage/database.ts";
import { setDeleted } from "../../api-server/storage/environments.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { openPostgres } from "../../api-server/storage/postgres-database.ts";
import { purge } from "../../api-server/storage/purge.ts";
import type { Schema } from "../../api-server/storage/schema.ts";
import { openSqlite } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startPostgres } from "./postgres.ts";

const postgres = await startPostgres();
const DATABASES = {
  SQLite: () => openSqlite(join(temporaryFolder("ov-purge-"), "vaults.db")),
  PostgreSQL: async () => openPostgres(await postgres.newDatabase()),
};

for (const [name, open] of Object.entries(DATABASES)) {
  const opened = async (t: { after(close: () => Promise<void>): void }): Promise<Database> => {
    const database = await open();
    t.after(() => database.close());
    await migrate(database);
    return database;
  };

  test(`calls that are over are forgotten in steps that let others in, however many; the others stay (${name})`, async (t) => {
    const database = await opened(t);
    const calls = Array.from({ length: 2500 }, (_, at) => ({
      hash: randomBuffer(32).toString("hex"),
      expires_at: at < 2400 ? 1000 : 3000,
    }));
    await database.write((tx) => tx.insertInto("seen_calls").values(calls).execute());
    const left = async () => (await rowsOf(database, "seen_calls")).length;
    const purged = purge(database, 2000);
    if (name === "SQLite") {
      await database.write(async () => {});
      assert.ok((await left()) > 100, "another write is answered in between");
    }
    await purged;
    assert.equal(await left(), 100);
  });

  test(`30 days after a deletion all bytes and keys of an environment go, and their room is given back (${name})`, async (t) => {
    const database = await opened(t);
    const { owner, member, environment, other, time } = await sharedEnvironment(database);
    await database.write((tx) => setDeleted(tx, owner, environment, time, time));
    await purge(database, time + 30 * DAY);
    assert.equal((await rowsOf(database, "records")).length, 2, "not before");
    await purge(database, time + 30 * DAY + 1);
    for (const table of ["records", "heads", "grants", "token_environments"] as const) {
      assert.deepEqual(
        (await rowsOf(database, table)).map((row) => row.environment),
        [other],
        `${table}: the other environment's are there`,
      );
    }
    assert.equal(await used(database, owner), BYTES);
    await database.write(async (tx) =>
      assert.equal(await setDeleted(tx, owner, environment, null, time), undefined, "nothing brings it back"),
    );
    for (const account of [owner, member]) {
      const changes = await database.read((tx) => changesSince(tx, account, 1));
      assert.equal(changes?.environments.find(({ id }) => id === environment)?.deleted, true, "both are still told");
    }
  });

  test(`an environment that is brought back while its end begins stays whole (${name})`, async (t) => {
    const database = await opened(t);
    const { owner, environment, time } = await sharedEnvironment(database);
    await database.write((tx) => setDeleted(tx, owner, environment, time, time));
    let isBack = false;
    const late: Database = {
      ...database,
      async read(work) {
        const found = await database.read(work);
        // It was found, and will be destroyed by the next write.
        if (found !== undefined && !isBack) {
          await database.write((tx) => setDeleted(tx, owner, environment, null, time));
          isBack = true;
        }
        return found;
      },
    };
    await purge(late, time + 31 * DAY);
    assert.equal(isBack, true);
    assert.equal((await rowsOf(database, "records")).length, 2);
    assert.equal(await used(database, owner), 2 * BYTES);
  });

  test(`after 90 days a deletion is forgotten, and a cursor from before it starts again: the owner's and a member's (${name})`, async (t) => {
    const database = await opened(t);
    const { owner, member, other, time } = await sharedEnvironment(database);
    const environment = (await rowsOf(database, "environments")).find(({ id }) => id !== other)!.id;
    await database.write((tx) => setDeleted(tx, owner, environment, time, time));
    await purge(database, time + 90 * DAY + 1);
    assert.deepEqual(
      (await rowsOf(database, "environments")).map(({ id }) => id),
      [other],
    );
    assert.deepEqual(await rowsOf(database, "members"), []);
    for (const account of [owner, member]) {
      await assert.rejects(
        database.read((tx) => changesSince(tx, account, 1)),
        { code: "resync_required" },
      );
      assert.notEqual(await database.read((tx) => changesSince(tx, account, 0)), undefined);
    }
  });
}

/** Two environments of one owner, each of so many bytes; one is shared with a member, and a token reads both. */
async function sharedEnvironment(database: Database) {
  const [owner, member, environment, other, token] = [newId(), newId(), newId(), newId(), newId()];
  const time = 1_700_000_000_000;
  const bytes = (length: number) => randomBuffer(length);
  const account = (id: string, used: number): Schema["accounts"] => ({
    ...{ id, counter: 1, object: bytes(9), sign_key: bytes(32), fingerprint: bytes(32).toString("hex") },
    ...{ login_salt: bytes(16), login_profile: 1, login_verifier: bytes(32), login_recovery: null },
    ...{ revision: 5, forgotten_revision: 0, used_bytes: used, log_seq: 0, log_hash: "", created_at: time },
  });
  await database.write(async (tx) => {
    await tx
      .insertInto("accounts")
      .values([account(owner, 2 * BYTES), account(member, 0)])
      .execute();
    for (const id of [environment, other]) {
      const hash = bytes(32).toString("hex");
      const row = { id, account: owner, counter: 1, head: bytes(20), items: bytes(30), revision: 4, deleted_at: null };
      await tx.insertInto("environments").values(row).execute();
      const head = { environment: id, counter: 1, head: row.head, write_id: newId(), body_hash: hash };
      await tx.insertInto("heads").values(head).execute();
      const record = { item: newId(), version: 1, epoch: 1, hash, bytes: bytes(50), counter: 1 };
      await tx
        .insertInto("records")
        .values({ environment: id, ...record })
        .execute();
      await tx
        .insertInto("grants")
        .values({ environment: id, holder: owner, epoch: 1, bytes: bytes(9) })
        .execute();
      await tx.insertInto("token_environments").values({ token, environment: id }).execute();
    }
    const row = { environment, account: member, role: "reader", revision: 4, left_at: null };
    await tx.insertInto("members").values(row).execute();
  });
  return { owner, member, environment, other, time };
}

/** Of a head, a list and a record. */
const BYTES = 20 + 30 + 50;

async function used(database: Database, account: string): Promise<number> {
  const accounts = await rowsOf(database, "accounts");
  return accounts.find(({ id }) => id === account)!.used_bytes;
}

async function rowsOf<T extends keyof Schema>(database: Database, table: T): Promise<Schema[T][]> {
  // Kysely's types don't follow a table's name that is a type parameter.
  return (await database.read((tx) =>
    tx
      .selectFrom(table as "seen_calls")
      .selectAll()
      .execute(),
  )) as unknown as Schema[T][];
}
