import { existsSync } from "node:fs";
import type { ServerIdentity } from "../keys/server-identity.ts";
import type { Database } from "../storage/database.ts";
import type { BackupPart } from "./backup-format.ts";
import { BackupWriter } from "./backup-writer.ts";
import { FileExists, publishNewFile } from "./publish-new-file.ts";
import { rowsOf, storedTables } from "./stored-tables.ts";

export interface BackedUp {
  readonly bytes: number;
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
}

/**
 * Writes all that a restore needs of the database to a new file, as of one moment, while servers go on writing. What it
 * doesn't hold, on purpose: the key file, without which it can't be restored.
 */
export async function backup(
  database: Database,
  identity: ServerIdentity,
  file: string,
  {
    now,
    signal,
    progress,
  }: { readonly now: number; readonly signal: AbortSignal; readonly progress: (bytes: number) => void },
): Promise<BackedUp> {
  // Told before the work, too.
  if (existsSync(file)) throw new FileExists(`${file} exists already, and was not changed. Name another file.`);
  const rows = new Map<string, number>();
  let bytes = 0;
  await publishNewFile(file, async (handle) => {
    const writer = new BackupWriter(handle);
    const write = async (part: BackupPart): Promise<void> => {
      signal.throwIfAborted();
      await writer.part(part);
      progress(writer.bytes);
    };
    await database.snapshot(async (tx) => {
      const migrations = await tx.selectFrom("migrations").select(["name", "checksum"]).orderBy("name").execute();
      const header = { made_at: now, identity: identity.publicKey.toString("base64url"), migrations };
      await write({ kind: "header", header });
      for (const table of await storedTables(tx, database.dialect)) {
        await write({ kind: "table", table: { name: table.name, columns: table.columns } });
        let count = 0;
        for await (const page of rowsOf(tx, table)) {
          for (const row of page) await write({ kind: "row", row });
          count += page.length;
        }
        await write({ kind: "end", rows: count });
        rows.set(table.name, count);
      }
    });
    await writer.finish(identity.sign);
    bytes = writer.bytes;
  });
  return { bytes, rows };
}
