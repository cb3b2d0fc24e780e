import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import { lockAccountOnce } from "../../api-server/storage/changes.ts";
import type { Database } from "../../api-server/storage/database.ts";
import { type Commit, commitEnvironment, findWriter } from "../../api-server/storage/environments.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { openPostgres } from "../../api-server/storage/postgres-database.ts";
import type { StoredRecord } from "../../api-server/storage/records.ts";
import type { Schema } from "../../api-server/storage/schema.ts";
import { openSqlite } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startPostgres } from "./postgres.ts";

const postgres = await startPostgres();
const DATABASES = {
  SQLite: () => openSqlite(join(temporaryFolder("ov-commit-"), "vaults.db")),
  PostgreSQL: async () => openPostgres(await postgres.newDatabase()),
};
const TIME = 1_700_000_000_000;

for (const [name, open] of Object.entries(DATABASES)) {
  const opened = async (t: { after(close: () => Promise<void>): void }) => {
    const database = await open();
    t.after(() => database.close());
    await migrate(database);
    const [owner, member] = [account(), account()];
    await database.write((tx) => tx.insertInto("accounts").values([owner, member]).execute());
    return { database, owner: owner.id, member: member.id };
  };

  test(`a call that was made before changes nothing, nor does the same one twice at once (${name})`, async (t) => {
    const { database, owner } = await opened(t);
    const call = newCall();
    const lock = () => database.write((tx) => lockAccountOnce(tx, database.dialect, owner, call));
    const both = await Promise.allSettled([lock(), lock()]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await assert.rejects(lock, { code: "replayed" });
    assert.equal(await revisionOf(database, owner), 6);
  });

  test(`who left an environment, or lost it, after it was looked up writes nothing into it (${name})`, async (t) => {
    const { database, owner, member } = await opened(t);
    const environment = newId();
    const write = (commit: Commit) => database.write((tx) => commitEnvironment(tx, database.dialect, commit));
    await write(commitOf(owner, owner, environment, 0));
    const row = { environment, account: member, role: "writer", revision: 1, left_at: null };
    await database.write((tx) => tx.insertInto("members").values(row).execute());
    const found = await database.read((tx) => findWriter(tx, member, environment));
    assert.equal(found?.owner, owner);
    const late = commitOf(member, owner, environment, 1);
    await database.write((tx) => tx.updateTable("members").set({ role: "", left_at: TIME }).execute());
    await assert.rejects(write(late), { code: "not_found" });
    await database.write((tx) => tx.deleteFrom("environments").execute());
    await assert.rejects(write(late), { code: "not_found" });
    await assert.rejects(
      write(commitOf(member, owner, environment, 0)),
      { code: "not_found" },
      "nor makes one of theirs",
    );
    assert.equal((await database.read((tx) => findWriter(tx, member, environment)))?.owner, member);
    assert.equal(await revisionOf(database, owner), 6, "what was refused told nobody of a change");
  });

  test(`records beyond what one statement takes are all there, and each counts once (${name})`, async (t) => {
    const { database, owner } = await opened(t);
    const environment = newId();
    const records = Array.from({ length: 1001 }, () => record(10));
    const write = (counter: number, brought: readonly StoredRecord[]) =>
      database.write((tx) =>
        commitEnvironment(tx, database.dialect, { ...commitOf(owner, owner, environment, counter), records: brought }),
      );
    const first = await write(0, [...records, records[3]!]);
    assert.equal(first.addedBytes, HEAD_AND_ITEMS + 1001 * 10);
    const second = await write(1, [records[700]!, record(7)]);
    assert.equal(second.addedBytes, HEAD_AND_ITEMS - ITEMS + 7);
    const { addedBytes } = await write(2, []);
    assert.equal(addedBytes, HEAD_AND_ITEMS - ITEMS);
    const rows = await database.read((tx) => tx.selectFrom("records").select("counter").execute());
    assert.equal(rows.length, 1002);
    assert.equal(rows.filter(({ counter }) => counter === 1).length, 1001);
  });
}

const ITEMS = 30;
const HEAD_AND_ITEMS = 20 + ITEMS;

function commitOf(writer: string, owner: string, environment: string, expected: number): Commit {
  return {
    ...{ account: writer, owner, environment, expected, head: randomBuffer(20), items: randomBuffer(ITEMS) },
    ...{ records: [], grants: [], writeId: newId(), bodyHash: "", call: newCall(), time: TIME },
    check: () => undefined,
  };
}

function newCall() {
  return { hash: randomBuffer(32).toString("hex"), expiresAt: TIME };
}

function record(size: number): StoredRecord {
  return { item: newId(), version: 1, epoch: 1, hash: randomBuffer(32).toString("hex"), bytes: randomBuffer(size) };
}

function account(): Schema["accounts"] {
  const bytes = (length: number) => randomBuffer(length);
  return {
    ...{ id: newId(), counter: 1, object: bytes(9), sign_key: bytes(32), fingerprint: bytes(32).toString("hex") },
    ...{ login_salt: bytes(16), login_profile: 1, login_verifier: bytes(32), login_recovery: null },
    ...{ revision: 5, forgotten_revision: 0, used_bytes: 0, log_seq: 0, log_hash: "", created_at: TIME },
  };
}

async function revisionOf(database: Database, id: string): Promise<number> {
  const rows = await database.read((tx) => tx.selectFrom("accounts").select("revision").where("id", "=", id).execute());
  return rows[0]!.revision;
}
