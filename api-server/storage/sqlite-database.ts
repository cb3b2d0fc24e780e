import { chmodSync } from "node:fs";
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
    const writer = new DatabaseSync(file, { timeout: 5000 });
    chmodSync(file, 0o600);
    for (const pragma of PRAGMAS) writer.exec(pragma);
    const reader = new DatabaseSync(file, { timeout: 5000 });
    reader.exec("PRAGMA query_only = ON");
    return sqliteDatabase(writer, reader, release, roomIn(dirname(file), freeBytes));
  } catch (error) {
    release();
    throw known(error);
  }
}

function sqliteDatabase(
  writer: DatabaseSync,
  reader: DatabaseSync,
  release: () => void,
  requireRoom: () => Promise<void>,
): Database {
  const writes = new Kysely<Schema>({ dialect: sqliteDialect(writer, "begin immediate") });
  const reads = new Kysely<Schema>({ dialect: sqliteDialect(reader) });
  const signals = changeSignals(() => LOOK_AGAIN);
  const grouped = groupCommit(writes, signals.raise);
  const guarded = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => Promise.reject(known(error)));
  return {
    dialect: "sqlite",
    read: (work) => guarded(work(reads)),
    snapshot: (work) => guarded(reads.transaction().execute(work)),
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
    async check() {
      await guarded(reads.selectFrom("server_state").select("name").limit(1).execute());
    },
    async close() {
      await reads.destroy();
      await writes.destroy();
      release();
    },
  };
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

/** FULL: NORMAL loses acknowledged writes of the last moments when the power fails. Deleted bytes are overwritten. */
const PRAGMAS = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON"];
