import { readFileSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another process has the database. `ov-api` ends with 75 then (EX_TEMPFAIL). */
export class DatabaseInUse extends Error {}

/**
 * Takes a SQLite file for this process, until it is closed or the process ends, however it ends: the lock is the
 * operating system's, held through an exclusive transaction on a file beside it. In WAL mode two servers could share
 * the file itself, and each would know only its own replays, waits and limits.
 */
export function ownDatabase(file: string): () => void {
  const lock = new DatabaseSync(`${file}.owner`);
  try {
    lock.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch {
    lock.close();
    throw new DatabaseInUse(`Another server uses ${file}. Stop it first, or give this one a folder of its own.`);
  }
  return () => lock.close();
}

/** Who has the database now; undefined = nobody. The process is known on Linux only, and not across containers. */
export function findOwner(file: string): { readonly pid: number | undefined } | undefined {
  const stat = statSync(`${file}.owner`, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const locks = process.platform === "linux" ? readLocks() : undefined;
  const line = locks?.find((lock) => lock[2] === String(stat.ino));
  if (line !== undefined) return { pid: Number(line[1]) > 0 ? Number(line[1]) : undefined };
  try {
    ownDatabase(file)();
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseInUse) return { pid: undefined };
    throw error;
  }
}

function readLocks(): readonly RegExpMatchArray[] | undefined {
  try {
    return [...readFileSync("/proc/locks", "utf8").matchAll(/ WRITE (-?\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /g)];
  } catch {
    return undefined;
  }
}

/** Locks and memory maps of SQLite don't hold over a network (sqlite.org/wal.html). */
export async function refuseNetworkFolder(file: string): Promise<void> {
  const { type } = await statfs(dirname(file));
  if (!NETWORK_FILE_SYSTEMS.has(type >>> 0)) return;
  throw new Error(`${file} is on a network file system, where SQLite loses data. Use a local folder, or PostgreSQL.`);
}

/** Of Linux's statfs(2): NFS, SMB, CIFS, SMB2, 9P, Ceph, AFS, Coda. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x00c36400, 0x5346414f, 0x73757245,
]);
