import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { changeSignals, type Watch } from "../../api-server/storage/change-signals.ts";
import { type PostgresNews, postgresNews } from "../../api-server/storage/postgres-news.ts";
import { startPostgres } from "./postgres.ts";

const postgres = await startPostgres();
/** No watcher looks by itself in these tests: who is not told waits until the test's own time is over. */
const NEVER = 2 ** 31 - 1;
const ACCOUNTS = ["a".repeat(32), "b".repeat(32)] as const;

test("what one instance publishes wakes those who watch that account on another, and nobody else", async (t) => {
  const url = await postgres.newDatabase();
  const [one, other] = [instance(t, url), instance(t, url)];
  await listening(other);
  const [mine, theirs] = [other.watch(ACCOUNTS[0]), other.watch(ACCOUNTS[1])];
  let isWoken = false;
  const idle = new AbortController();
  const untold = theirs.news(NEVER, idle.signal).then(() => {
    isWoken = true;
  });
  one.news.publish([ACCOUNTS[0]]);
  await mine.news(NEVER, new AbortController().signal);
  assert.equal(isWoken, false);
  idle.abort();
  await untold;
});

test("what changed between watching and waiting is not missed", async (t) => {
  const url = await postgres.newDatabase();
  const [one, other] = [instance(t, url), instance(t, url)];
  await listening(other);
  const [watch, witness] = [other.watch(ACCOUNTS[0]), other.watch(ACCOUNTS[0])];
  one.news.publish([ACCOUNTS[0]]);
  await witness.news(NEVER, new AbortController().signal);
  await watch.news(NEVER, new AbortController().signal);
});

test("after its connection was cut an instance listens again, and wakes everybody, since it may have missed something", async (t) => {
  const url = await postgres.newDatabase();
  const other = instance(t, url);
  await listening(other);
  const watch = other.watch(ACCOUNTS[0]);
  const woken = watch.news(NEVER, new AbortController().signal);
  const { rows } = await other.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
  );
  assert.equal(rows.length, 1);
  await woken;
  assert.equal(other.news.isListening, true);
});

test("the first of many changes is told at once, the rest in one message, and what is left when the server stops too", async (t) => {
  const url = await postgres.newDatabase();
  const [one, other] = [instance(t, url), instance(t, url)];
  await listening(other);
  const messages: number[] = [];
  const query = one.pool.query.bind(one.pool) as (text: string, values: [string[]]) => Promise<unknown>;
  one.pool.query = ((text: string, values: [string[]]) => {
    messages.push(values[0].length);
    return query(text, values);
  }) as typeof one.pool.query;
  one.news.publish([ACCOUNTS[0]]);
  assert.deepEqual(messages, [1]);
  const watch = other.watch(ACCOUNTS[1]);
  one.news.publish(ACCOUNTS);
  one.news.publish([ACCOUNTS[1]]);
  await one.news.close();
  assert.deepEqual(messages, [1, 2]);
  await watch.news(NEVER, new AbortController().signal);
});

interface Instance {
  readonly pool: pg.Pool;
  readonly news: PostgresNews;
  watch(account: string): Watch;
}

function instance(t: TestContext, connectionString: string): Instance {
  const pool = new pg.Pool({ connectionString, max: 2 });
  pool.on("error", () => {});
  const signals = changeSignals(() => NEVER);
  const news = postgresNews({ connectionString }, pool, signals);
  t.after(async () => {
    await news.close();
    await pool.end();
  });
  return { pool, news, watch: signals.watch };
}

async function listening({ news }: Instance): Promise<void> {
  news.listen();
  const end = Date.now() + 20_000;
  while (!news.isListening && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(news.isListening);
}
