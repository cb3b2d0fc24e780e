import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Kysely, sql } from "kysely";
import { groupCommit } from "../../api-server/storage/group-commit.ts";
import type { Schema, Tx } from "../../api-server/storage/schema.ts";
import { sqliteDialect } from "../../api-server/storage/sqlite-dialect.ts";

test("writes of one turn of the event loop are one commit, though SQLite would have done each before the next came", async (t) => {
  const { write, commits, rows } = opened(t);
  const writes: Promise<void>[] = [];
  for (let n = 0; n < 10; n++) {
    writes.push(write((tx) => insert(tx, n)));
    // As many steps as a whole transaction has, and no turn of the event loop.
    for (let step = 0; step < 1000; step++) await undefined;
    assert.equal(commits(), 0);
  }
  await Promise.all(writes);
  assert.equal(commits(), 1);
  assert.equal(rows(), 10);
});

test("a write that is refused takes nothing of its neighbours with it, and leaves nothing of its own", async (t) => {
  const { write, commits, rows } = opened(t);
  const done = await Promise.allSettled([
    write((tx) => insert(tx, 1)),
    write(async (tx) => {
      await insert(tx, 2);
      throw new Error("refused");
    }),
    write((tx) => insert(tx, 1)), // there already
    write((tx) => insert(tx, 3)),
  ]);
  assert.deepEqual(
    done.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected", "fulfilled"],
  );
  assert.equal(commits(), 1);
  assert.equal(rows(), 2);
});

test("where the commit fails, everybody of the group is told, and the next group is taken", async (t) => {
  const { write, rows, failNext } = opened(t);
  failNext();
  const done = await Promise.allSettled([write((tx) => insert(tx, 1)), write((tx) => insert(tx, 2))]);
  assert.deepEqual(
    done.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  assert.equal(rows(), 0);
  await write((tx) => insert(tx, 1));
  assert.equal(rows(), 1);
});

function opened(t: { after(close: () => void): void }) {
  const database = new DatabaseSync(":memory:");
  t.after(() => database.close());
  database.exec("CREATE TABLE things (n INTEGER PRIMARY KEY)");
  let [commits, isFailing] = [0, false];
  const prepare = database.prepare.bind(database);
  // The dialect's own way to the database: it asks for a statement before each step.
  database.prepare = (text: string) => {
    if (text !== "commit") return prepare(text);
    const statement = prepare(text);
    const run = statement.run.bind(statement);
    statement.run = () => {
      if (isFailing) {
        isFailing = false;
        throw new Error("disk I/O error");
      }
      commits++;
      return run();
    };
    return statement;
  };
  const write = groupCommit(new Kysely<Schema>({ dialect: sqliteDialect(database, "begin immediate") }), () => {});
  return {
    write,
    commits: () => commits,
    failNext: () => {
      isFailing = true;
    },
    rows: () => Number(prepare("SELECT count(*) AS n FROM things").get()!.n),
  };
}

async function insert(tx: Tx, n: number): Promise<void> {
  await sql`INSERT INTO things VALUES (${n})`.execute(tx);
}
