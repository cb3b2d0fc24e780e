import { Kysely, sql } from "kysely";
import pg from "pg";
import { Problem } from "../problem.ts";
import { changeSignals } from "./change-signals.ts";
import { changedIn } from "./changed-accounts.ts";
import type { Database } from "./database.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { postgresNews } from "./postgres-news.ts";
import type { Schema, Tx } from "./schema.ts";

/** A store on PostgreSQL, for any number of instances. */
export function openPostgres(url: string, connections = 10): Database {
  const config: pg.ClientConfig = {
    ...{ connectionString: url, application_name: "ov-api", connectionTimeoutMillis: 5000 },
    ...{ statement_timeout: 15_000, types: { getTypeParser } },
    // A database whose machine vanished is noticed in half a minute: by default the operating system waits for two hours.
    ...{ keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
  };
  const pool = new pg.Pool({ ...config, max: connections });
  // A connection that breaks is replaced; without a listener it would end the process. The pool tells only of those that
  // are idle in it, and not of one that breaks between two statements of a transaction.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const kysely = new Kysely<Schema>({ dialect: postgresDialect(pool) });
  const guarded = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => Promise.reject(known(error)));

  const transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    let changed: Iterable<string> = [];
    const value = await kysely.transaction().execute(async (tx) => {
      const value = await work(tx);
      changed = changedIn(tx);
      return value;
    });
    signals.raise(changed);
    news.publish(changed);
    return value;
  };

  const signals = changeSignals(() => (news.isListening ? LOOK_AGAIN : LOOK_OFTEN));
  const news = postgresNews(config, pool, signals);

  return {
    dialect: "postgres",
    read: (work) => guarded(work(kysely)),
    snapshot: (work) =>
      guarded(kysely.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(work)),
    write: (work) => guarded(retried(() => transaction(work))),
    apply: (statements, record) =>
      guarded(
        retried(() =>
          transaction(async (tx) => {
            for (const statement of statements) await sql.raw(statement).execute(tx);
            await record(tx);
          }),
        ),
      ),
    watch(account) {
      // Commands that wait for nothing need no further connection.
      news.listen();
      return signals.watch(account);
    },
    news: () => ({ watches: signals.watches, isHeard: news.isListening }),
    async check() {
      await guarded(sql`SELECT 1`.execute(kysely));
    },
    async close() {
      await news.close();
      await kysely.destroy();
    },
  };
}

/** What other instances changed comes by NOTIFY; one that was lost is seen so much later. */
const LOOK_AGAIN = 10_000;
/** The slow way, while nothing can be heard of other instances. */
const LOOK_OFTEN = 500;

/** The transaction did nothing, and may be tried again. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 5 || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 10 * (1 + Math.random())));
    }
  }
}

/**
 * Serialization failure, deadlock, and a table that another instance made at the same moment: `IF NOT EXISTS` looks
 * first and makes it then, so the catalog's own unique index refuses the second one.
 */
function isPassing(error: unknown): boolean {
  const isCatalog = error instanceof Error && "schema" in error && error.schema === "pg_catalog";
  return ["40001", "40P01", "42P07", "42710"].includes(codeOf(error)) || (codeOf(error) === "23505" && isCatalog);
}

/** Errors of PostgreSQL have five letters; those of the connection names such as ECONNREFUSED, or none. */
function known(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (code === "53100") return new Problem("store_full");
  const message = error instanceof Error ? error.message : "";
  const gone = /^(08|57P|53|25006)/.test(code) || /^E[A-Z]+$/.test(code) || /connection|timeout/i.test(message);
  return gone ? new Problem("unavailable", { retry_after: 1 }) : error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** 64-bit integers are numbers here: counters and times stay below 2^53. */
function getTypeParser(oid: number, format?: "text" | "binary"): unknown {
  return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
}
