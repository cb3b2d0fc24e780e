import { sql } from "kysely";
import { newId } from "#core/crypto/random.ts";
import type { ServerIdentity } from "../keys/server-identity.ts";
import type { Database } from "../storage/database.ts";
import { checksumOf, migrate } from "../storage/migrate.ts";
import { MIGRATIONS } from "../storage/migrations.ts";
import type { Tx } from "../storage/schema.ts";
import { BackupDamaged, type BackupHeader, type BackupTable, type Value } from "./backup-format.ts";
import { readBackup } from "./backup-reader.ts";
import { sizeOf, storedTables } from "./stored-tables.ts";
import type { Verified } from "./verify.ts";

/** The store or the files beside it are not ready for a restore. Nothing was changed. */
export class RestoreRefused extends Error {}

/**
 * Fills an empty store from a backup of either database, all or nothing, and begins a new epoch, so that no client takes
 * what is old now for new. `verified` says that the whole file was read and checked before.
 */
export async function restore(
  database: Database,
  identity: ServerIdentity,
  file: string,
  verified: Verified,
  progress: (bytes: number) => void = () => {},
): Promise<void> {
  const { header } = verified;
  if (header.identity !== identity.publicKey.toString("base64url")) {
    throw new RestoreRefused(
      "The key file is of another server than the backup. Put the copy of its own server-keys.json in its place first.",
    );
  }
  await migrateAs(database, header);
  await database.write(async (tx) => {
    await requireEmpty(tx, database);
    await fill(tx, database, file, verified, progress);
    await tx.deleteFrom("seal_keys").execute();
    await tx.deleteFrom("server_state").where("name", "=", "epoch").execute();
    await tx.insertInto("server_state").values({ name: "epoch", value: newId() }).execute();
  });
  await migrate(database);
}

/** The schema that the backup is of. What came later is done with its rows in place, as on the server that it is of. */
async function migrateAs(database: Database, { migrations }: BackupHeader): Promise<void> {
  const steps = MIGRATIONS.filter((step, at) => migrations[at]?.name === step.name);
  const isKnown =
    steps.length === migrations.length && steps.every((s, at) => migrations[at]?.checksum === checksumOf(s));
  if (!isKnown) {
    throw new RestoreRefused(
      "The backup is of a newer server, or of another line of versions. Restore it with that one.",
    );
  }
  await migrate(database, { migrations: steps }).catch((error: unknown) => {
    throw new RestoreRefused(
      `The store has another schema than the backup. Restore into a new folder or database. (${error instanceof Error ? error.message : "unknown"})`,
    );
  });
  const applied = await database.read((tx) => tx.selectFrom("migrations").select("name").execute());
  if (applied.length > steps.length) {
    throw new RestoreRefused("A newer server has used this store. Restore into a new folder or database.");
  }
}

async function requireEmpty(tx: Tx, { dialect }: Database): Promise<void> {
  for (const { name } of await storedTables(tx, dialect)) {
    if (name === "server_state") continue;
    const { rows } = await sql`SELECT 1 FROM ${sql.table(name)} LIMIT 1`.execute(tx);
    if (rows.length === 0) continue;
    throw new RestoreRefused(
      "There are accounts in this store already, and nothing was changed. Restore into a new folder (--folder) or an empty database (DATABASE_URL).",
    );
  }
}

async function fill(
  tx: Tx,
  { dialect }: Database,
  file: string,
  verified: Verified,
  progress: (bytes: number) => void,
): Promise<void> {
  const columns = new Map((await storedTables(tx, dialect)).map((table) => [table.name, new Set(table.columns)]));
  await tx.deleteFrom("server_state").execute();
  let table: BackupTable | undefined;
  let waiting: (readonly Value[])[] = [];
  let bytes = 0;
  const insert = async (): Promise<void> => {
    if (table !== undefined && waiting.length > 0) await insertRows(tx, table, waiting);
    waiting = [];
    bytes = 0;
  };
  // Read a second time: what was checked before is the same only if its checksum is.
  const parts = readBackup(
    file,
    ({ hash }) => {
      if (!hash.equals(verified.hash)) throw new BackupDamaged("It changed while it was read. Try again.");
    },
    progress,
  );
  for await (const part of parts) {
    if (part.kind === "table") {
      table = part.table;
      const known = columns.get(table.name);
      if (!table.columns.every((column) => known?.has(column))) throw new BackupDamaged("It has an unknown column.");
    } else if (part.kind === "end") {
      await insert();
    } else if (part.kind === "row") {
      waiting.push(part.row);
      bytes += sizeOf(part.row);
      if (waiting.length >= MOST_ROWS || bytes >= MOST_BYTES) await insert();
    }
  }
}

async function insertRows(tx: Tx, table: BackupTable, rows: readonly (readonly Value[])[]): Promise<void> {
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  const values = sql.join(rows.map((row) => sql`(${sql.join([...row])})`));
  await sql`INSERT INTO ${sql.table(table.name)} (${columns}) VALUES ${values}`.execute(tx);
}

const MOST_ROWS = 100;
const MOST_BYTES = 2 << 20;
