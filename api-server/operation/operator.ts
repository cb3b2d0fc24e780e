import type { Command } from "commander";
import envPaths from "env-paths";
import { readServerSecrets, type ServerSecrets } from "../keys/secret-file.ts";
import { databaseFile } from "../place.ts";
import type { Database } from "../storage/database.ts";
import { openPostgres } from "../storage/postgres-database.ts";
import { openSqliteBeside } from "../storage/sqlite-database.ts";
import { RestoreRefused } from "./restore.ts";

/** Where the server is, and where a command writes. */
export interface Operator {
  readonly databaseUrl: string | undefined;
  out(text: string): void;
  err(text: string): void;
  readonly isTerminal: boolean;
  /** Called by the first Ctrl+C: what was begun is taken back. */
  onStop(stop: () => void): void;
  exit(code: number): void;
}

export interface Where {
  readonly folder: string;
  readonly keyFile?: string;
}

/** Adds the options that say which server is meant. */
export function where(command: Command): Command {
  const { OV_API_FOLDER, OV_API_KEY_FILE } = process.env;
  return command
    .option(
      "--folder <folder>",
      "the database and the server's keys (OV_API_FOLDER)",
      OV_API_FOLDER ?? envPaths("opaquevault-api", { suffix: "" }).data,
    )
    .option("--key-file <file>", "the server's keys, if they are not in the folder (OV_API_KEY_FILE)", OV_API_KEY_FILE);
}

/** The files that `serve` takes. */
export function withTls(command: Command): Command {
  const { OV_API_TLS_KEY, OV_API_TLS_CERT } = process.env;
  return command
    .option("--tls-key <file>", "PEM of the TLS key; without it, TLS is a proxy's (OV_API_TLS_KEY)", OV_API_TLS_KEY)
    .option("--tls-cert <file>", "PEM of the TLS certificate (OV_API_TLS_CERT)", OV_API_TLS_CERT);
}

export interface Tls {
  readonly tlsKey?: string;
  readonly tlsCert?: string;
}

/** A database that a server may be using. */
export function openBeside({ folder }: Where, databaseUrl: string | undefined): Database {
  return databaseUrl === undefined ? openSqliteBeside(databaseFile(folder)) : openPostgres(databaseUrl, 2);
}

/** Makes none: with another one than before, clients stop, and nobody can log in. */
export async function requireSecrets(keyFile: string): Promise<ServerSecrets> {
  const secrets = await readServerSecrets(keyFile);
  if (secrets !== undefined) return secrets;
  throw new RestoreRefused(
    `There is no key file ${keyFile}. Put the server's own one there, or name it by --key-file: nothing can be restored without it.`,
  );
}
