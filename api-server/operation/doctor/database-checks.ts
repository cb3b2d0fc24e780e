import { sql } from "kysely";
import type { Database } from "../../storage/database.ts";
import { checksumOf } from "../../storage/migrate.ts";
import { MIGRATIONS } from "../../storage/migrations.ts";
import type { Check } from "./check.ts";

/** Whether the database is whole, keeps what it acknowledges, and has this version's schema. */
export async function checkDatabase(database: Database): Promise<readonly Check[]> {
  const own = database.dialect === "sqlite" ? await checkSqlite(database) : await checkPostgres(database);
  return [...own, await checkMigrations(database)];
}

async function checkSqlite(database: Database): Promise<readonly Check[]> {
  const integrity = await one<{ integrity_check: string }>(database, "PRAGMA integrity_check(1)");
  const journal = await one<{ journal_mode: string }>(database, "PRAGMA journal_mode");
  const isWhole = integrity?.integrity_check === "ok";
  const isWal = journal?.journal_mode === "wal";
  return [
    isWhole
      ? { id: "integrity", state: "ok", message: "every page of the database is whole" }
      : {
          ...{ id: "integrity", state: "fail", message: "the database file is damaged" },
          next: "Stop the server, and restore the newest backup into a new folder. Check the disk.",
        },
    isWal
      ? { id: "durability", state: "ok", message: "WAL; the server writes with synchronous=FULL" }
      : {
          ...{ id: "durability", state: "fail", message: `the journal is in mode ${journal?.journal_mode}, not WAL` },
          next: "Start the server once: it sets the mode.",
        },
  ];
}

async function checkPostgres(database: Database): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const setting of ["fsync", "full_page_writes"]) {
    const row = await one<Record<string, string>>(database, `SHOW ${setting}`);
    if (row?.[setting] === "on") continue;
    const next = `Set ${setting} = on in postgresql.conf: without it a power cut damages the database.`;
    checks.push({ id: "durability", state: "fail", message: `PostgreSQL runs with ${setting} = off`, next });
  }
  if (checks.length === 0) {
    const message = "fsync and full_page_writes are on; the server commits with synchronous_commit=on";
    checks.push({ id: "durability", state: "ok", message });
  }
  const sums = await one<{ data_checksums: string }>(database, "SHOW data_checksums");
  checks.push(
    sums?.data_checksums === "on"
      ? { id: "integrity", state: "ok", message: "data checksums are on" }
      : {
          ...{ id: "integrity", state: "warn", message: "data checksums are off: a disk's errors go unnoticed" },
          next: "Stop PostgreSQL and run: pg_checksums --enable",
        },
  );
  const state = await one<{ standby: boolean; tls: boolean | null; remote: boolean; servers: number }>(
    database,
    `SELECT pg_is_in_recovery() AS standby, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls,
      inet_server_addr() IS NOT NULL AND inet_client_addr() <> inet_server_addr() AS remote,
      (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ov-api'
        AND query LIKE 'LISTEN%') AS servers`,
  );
  if (state?.standby === true) {
    const next = "Point DATABASE_URL at the primary.";
    checks.push({ id: "primary", state: "fail", message: "this is a standby: it takes no writes", next });
  }
  if (state?.remote === true && state.tls !== true) {
    const next = "Add ?sslmode=verify-full to DATABASE_URL.";
    checks.push({ id: "connection", state: "fail", message: "PostgreSQL is reached over a network without TLS", next });
  }
  const message = `servers that listen for changes now: ${Number(state?.servers ?? 0)}`;
  return [...checks, { id: "owner", state: "ok", message }];
}

async function checkMigrations(database: Database): Promise<Check> {
  const id = "schema";
  const rows = await database.read((tx) => tx.selectFrom("migrations").selectAll().execute());
  const known = new Map(MIGRATIONS.map((step) => [step.name, checksumOf(step)]));
  const changed = rows.find(({ name, checksum }) => known.has(name) && known.get(name) !== checksum);
  if (changed !== undefined) {
    const next = "Use the server that made it, or restore a backup with this one into a new folder or database.";
    return { id, state: "fail", message: `step "${changed.name}" of the schema was applied with another text`, next };
  }
  if (rows.some(({ name }) => !known.has(name))) {
    const message = "the schema is of a newer server, which works; this one can't start steps of its own";
    return { id, state: "warn", message, next: "Update this server too." };
  }
  if (rows.length < MIGRATIONS.length) {
    const message = `the schema lacks ${MIGRATIONS.length - rows.length} of ${MIGRATIONS.length} steps`;
    return { id, state: "warn", message, next: "Run: ov-api migrate (a start does it too)" };
  }
  return { id, state: "ok", message: `the schema has all ${rows.length} steps, with their checksums` };
}

async function one<T>(database: Database, query: string): Promise<T | undefined> {
  const { rows } = await database.read((tx) => sql.raw<T>(query).execute(tx));
  return rows[0];
}
