import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./storage/database.ts";
import type { FreeBytes } from "./storage/free-space.ts";
import { openPostgres } from "./storage/postgres-database.ts";
import { openSqlite } from "./storage/sqlite-database.ts";

/** Where a server's data are. */
export interface Place {
  /** Holds the SQLite file, if there is no `databaseUrl`, and the key file, if no other is named. */
  readonly folder: string;
  /** `postgres://…` */
  readonly databaseUrl?: string | undefined;
  /** Identity and pepper. All instances on one database have the same. */
  readonly keyFile?: string | undefined;
  /** For tests: what SQLite's folder has left. */
  readonly freeBytes?: FreeBytes;
}

/** The database of this place, made if there is none yet; SQLite's file is this process's own from now on. */
export async function openDatabase({ folder, databaseUrl, freeBytes }: Place): Promise<Database> {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return openSqlite(databaseFile(folder), freeBytes);
}

export function databaseFile(folder: string): string {
  return join(folder, "vaults.db");
}

export function keyFileOf({ folder, keyFile }: Pick<Place, "folder" | "keyFile">): string {
  return keyFile ?? join(folder, "server-keys.json");
}
