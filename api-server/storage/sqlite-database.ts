import { chmodSync, existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { Problem } from "../problem.ts";
import { changeSignals } from "./change-signals.ts";
import type { Database } from "./database.ts";
import { type FreeBytes, roomIn } from "./free-space.ts";
import { groupCommit } from "./group-commit.ts";
import type { Schema } from "./schema.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { ownDatabase, refuseNetworkFolder } from "./sqlite-owner.ts";

/** The file is damaged. `ov-api` stops serving and ends with 70. */
export class DatabaseCorrupt extends Error {}

/** A store in one file, which this process owns until `close`. */
export async function openSqlite(file: string, freeBytes?: FreeBytes): Promise<Database> {
  await refuseNetworkFolder(file);
  const release = ownDatabase(file);
  try {
    const database = connect(file, [WAL, ...PRAGMAS], release, roomIn(dirname(file), freeBytes));
    chmodSync(file, 0o600);
    endLeases(file);
    return database;
  } catch (error) {
    release();
    throw known(error);
  }
}

/** This process owns the file: whoever left a lease in it was killed, and nobody has to wait for its end. */
function endLeases(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'leases'").get() !== undefined;
    if (isThere) database.exec("DELETE FROM leases");
  } finally {
    database.close();
  }
}

/** The same beside a server that may own the file, for commands that read, or write little. Makes no file. */
export function openSqliteBeside(file: string): Database {
  if (!existsSync(file)) throw new Error(`There is no database ${file}. Name its folder by --folder.`);
  try {
    return connect(file, PRAGMAS, () => {}, roomIn(dirname(file)));
  } catch (error) {
    throw known(error);
  }
}

function connect(
  file: string,
  pragmas: readonly string[],
  release: () => void,
  requireRoom: () => Promise<void>,
): Database {
  const writer = new DatabaseSync(file, { timeout: 5000 });
  for (const pragma of pragmas) writer.exec(pragma);
  const [reader, snapshots] = [readerOf(file), readerOf(file)];
  const writes = new Kysely<Schema>({ dialect: sqliteDialect(writer, "begin immediate") });
  const reads = new Kysely<Schema>({ dialect: sqliteDialect(reader) });
  // Other reads must see what was just written, so a snapshot has a connection of its own; one at a time.
  const ofOneMoment = new Kysely<Schema>({ dialect: sqliteDialect(snapshots) });
  let before: Promise<unknown> = Promise.resolve();
  const signals = changeSignals(() => LOOK_AGAIN);
  const grouped = groupCommit(writes, signals.raise);
  const guarded = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => Promise.reject(known(error)));
  return {
    dialect: "sqlite",
    read: (work) => guarded(work(reads)),
    snapshot(work) {
      const mine = before.then(() => ofOneMoment.transaction().execute(work));
      before = mine.catch(() => {});
      return guarded(mine);
    },
    async write(work) {
      await requireRoom();
      return guarded(grouped(work));
    },
    apply: (statements, record) =>
      guarded(
        grouped(async (tx) => {
          for (const statement of statements) writer.exec(statement);
          await record(tx);
        }),
      ),
    watch: signals.watch,
    news: () => ({ watches: signals.watches, isHeard: true }),
    async check() {
      await guarded(reads.selectFrom("server_state").select("name").limit(1).execute());
    },
    async close() {
      await before;
      await ofOneMoment.destroy();
      await reads.destroy();
      await writes.destroy();
      release();
    },
  };
}

function readerOf(file: string): DatabaseSync {
  const reader = new DatabaseSync(file, { timeout: 5000 });
  reader.exec("PRAGMA query_only = ON");
  return reader;
}

function known(error: unknown): unknown {
  const code = error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : 0;
  switch (code & 0xff) {
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return new DatabaseCorrupt("The database file is damaged. Restore a backup into a new folder.");
    case 13: // SQLITE_FULL
      return new Problem("store_full");
    default:
      return error;
  }
}

/** All writes go through this process, which wakes the watchers itself. */
const LOOK_AGAIN = 30_000;

const WAL = "PRAGMA journal_mode = WAL";
/** FULL: NORMAL loses acknowledged writes of the last moments when the power fails. Deleted bytes are overwritten. */
const PRAGMAS = ["PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON"];
