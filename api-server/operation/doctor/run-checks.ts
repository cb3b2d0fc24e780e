import { databaseFile, keyFileOf } from "../../place.ts";
import type { Database } from "../../storage/database.ts";
import { type Check, settled } from "./check.ts";
import { checkDatabase } from "./database-checks.ts";
import { checkKeyFile, checkSqliteFiles } from "./file-checks.ts";
import { checkKeys } from "./key-checks.ts";
import { checkTls } from "./tls-checks.ts";

export interface Examined {
  readonly folder: string;
  readonly keyFile?: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** Opens the database beside a server that may run. */
  readonly open: () => Database;
  readonly now: number;
}

/** Looks at all that a server stands on, and changes nothing. */
export async function runChecks(examined: Examined): Promise<readonly Check[]> {
  const { databaseUrl, folder, tlsCert, tlsKey, open, now } = examined;
  const keyFile = keyFileOf(examined);
  const checks = [...(await settled("key-file", () => checkKeyFile(keyFile)))];
  if (databaseUrl === undefined) {
    checks.push(...(await settled("files", () => checkSqliteFiles(databaseFile(folder)))));
  }
  checks.push(
    ...(await settled("database", async () => {
      const database = open();
      try {
        const found = await settled("database", () => checkDatabase(database));
        return [...found, ...(await settled("keys", () => checkKeys(database, keyFile, now)))];
      } finally {
        await database.close();
      }
    })),
  );
  if (tlsCert !== undefined && tlsKey !== undefined) {
    checks.push(...(await settled("tls", () => checkTls(tlsCert, tlsKey, now))));
  }
  return checks;
}
