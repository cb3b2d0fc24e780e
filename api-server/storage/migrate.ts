import { sql } from "kysely";
import { sha256 } from "#core/crypto/hash.ts";
import { newId } from "#core/crypto/random.ts";
import type { Database, Dialect } from "./database.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";

/**
 * Brings the schema to this version, and says which steps it took. Several instances may start at once: a lease row
 * lets one of them work, and the others wait. A step whose text differs from what was applied stops the start.
 */
export async function migrate(
  database: Database,
  {
    migrations = MIGRATIONS,
    wait = 60_000,
  }: { readonly migrations?: readonly Migration[]; readonly wait?: number } = {},
): Promise<readonly string[]> {
  for (const statement of BEFORE) await database.apply([statement], async () => {});
  const holder = newId();
  const end = Date.now() + wait;
  while (!(await takeLease(database, holder))) {
    if (Date.now() > end) throw new Error("Another instance has been migrating the database for too long.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await applyMissing(database, migrations, () => keepLease(database, holder));
  } finally {
    await database.write(async (tx) => {
      await tx.deleteFrom("leases").where("name", "=", LEASE).where("holder", "=", holder).execute();
    });
  }
}

async function applyMissing(
  database: Database,
  migrations: readonly Migration[],
  goOn: () => Promise<void>,
): Promise<readonly string[]> {
  const rows = await database.read((tx) => tx.selectFrom("migrations").selectAll().execute());
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const known = new Set(migrations.map((migration) => migration.name));
  // Steps of a newer server only expand, so this one may go on with its own tables.
  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = checksumOf(migration);
    const before = applied.get(migration.name);
    if (before !== undefined && before !== checksum) {
      throw new Error(
        `Step "${migration.name}" of the schema was applied with another text. Use the server that made it.`,
      );
    }
    if (before !== undefined) continue;
    if (rows.some((row) => !known.has(row.name))) {
      throw new Error("The database is of another line of versions: it has steps that this server doesn't know.");
    }
    // One statement per transaction, for engines that take no more; a half-done step is taken up again.
    for (const statement of migration.statements) {
      await goOn();
      if (await hasColumn(database, statement)) continue;
      await database.apply([repeatable(statement, database.dialect)], async () => {});
    }
    await database.write(async (tx) => {
      await tx.insertInto("migrations").values({ name: migration.name, checksum, applied_at: Date.now() }).execute();
    });
    done.push(migration.name);
  }
  return done;
}

async function takeLease(database: Database, holder: string): Promise<boolean> {
  const now = Date.now();
  return database.write(async (tx) => {
    await tx.deleteFrom("leases").where("name", "=", LEASE).where("expires_at", "<", now).execute();
    const taken = await tx
      .insertInto("leases")
      .values({ name: LEASE, holder, expires_at: now + LEASE_TIME })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .returning("holder")
      .execute();
    return taken.length === 1;
  });
}

/** Before each statement, so that a lease is never older than one of them may take. */
async function keepLease(database: Database, holder: string): Promise<void> {
  const kept = await database.write((tx) =>
    tx
      .updateTable("leases")
      .set({ expires_at: Date.now() + LEASE_TIME })
      .where("name", "=", LEASE)
      .where("holder", "=", holder)
      .returning("holder")
      .execute(),
  );
  if (kept.length === 0) throw new Error("Another instance took over the migration of the database. Start again.");
}

export function checksumOf(migration: Migration): string {
  return sha256(Buffer.from(migration.statements.join(";\n"))).toString("hex");
}

/** SQLite knows no `ADD COLUMN IF NOT EXISTS`. */
async function hasColumn(database: Database, statement: string): Promise<boolean> {
  const [, table, column] = /^ALTER TABLE (\w+) ADD COLUMN (\w+)/.exec(statement) ?? [];
  if (table === undefined || column === undefined) return false;
  const query =
    database.dialect === "sqlite"
      ? sql`SELECT 1 FROM pragma_table_info(${table}) WHERE name = ${column}`
      : sql`SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(${table}) AND attname = ${column} AND NOT attisdropped`;
  return (await database.read((tx) => query.execute(tx))).rows.length > 0;
}

function repeatable(statement: string, dialect: Dialect): string {
  return statement
    .replace(/^CREATE (TABLE|INDEX|UNIQUE INDEX) /, "CREATE $1 IF NOT EXISTS ")
    .replace(/\bBYTES\b/g, dialect === "sqlite" ? "BLOB" : "BYTEA");
}

const LEASE = "migrate";
/** More than a statement may take (15 s), and less than others wait: who was killed in between delays the next by this. */
const LEASE_TIME = 45_000;
const BEFORE = [
  "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, expires_at BIGINT NOT NULL)",
];
