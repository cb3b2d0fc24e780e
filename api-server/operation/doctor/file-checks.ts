import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { readServerSecrets } from "../../keys/secret-file.ts";
import { type FreeBytes, freeBytesOf, LEAST_FREE } from "../../storage/free-space.ts";
import { findOwner, refuseNetworkFolder } from "../../storage/sqlite-owner.ts";
import { mib } from "../progress.ts";
import type { Check } from "./check.ts";

/** The key file: without it a server is another one, and nobody can log in. */
export async function checkKeyFile(keyFile: string): Promise<readonly Check[]> {
  const id = "key-file";
  if (!existsSync(keyFile)) {
    return [
      {
        ...{ id, state: "fail", message: `there is no key file ${keyFile}` },
        next: "Put back the copy that you keep, or name it by --key-file. A first start makes one.",
      },
    ];
  }
  const open = openTo(keyFile);
  const secrets = await readServerSecrets(keyFile);
  if (open !== undefined) return [{ id, state: "fail", ...open }];
  return secrets === undefined ? [] : [{ id, state: "ok", message: `${keyFile} holds identity and pepper` }];
}

/** The folder and the files of SQLite: whose they are, where they lie, and who has them. */
export async function checkSqliteFiles(file: string, freeBytes: FreeBytes = freeBytesOf): Promise<readonly Check[]> {
  const folder = dirname(file);
  const checks: Check[] = [];
  const open = [folder, file, `${file}-wal`, `${file}-shm`].flatMap((path) => openTo(path) ?? []);
  for (const found of open) checks.push({ id: "permissions", state: "fail", ...found });
  if (open.length === 0) checks.push({ id: "permissions", state: "ok", message: `${folder} is its owner's only` });
  checks.push(await checkFileSystem(file), checkRoom(folder, await freeBytes(folder)), checkOwner(file));
  return checks;
}

async function checkFileSystem(file: string): Promise<Check> {
  const id = "file-system";
  try {
    await refuseNetworkFolder(file);
    return { id, state: "ok", message: "the folder is on a file system of this machine" };
  } catch {
    const message = `${dirname(file)} is on a network file system, where SQLite loses data`;
    return { id, state: "fail", message, next: "Take a backup, and restore it into a local folder or PostgreSQL." };
  }
}

function checkRoom(folder: string, free: number): Check {
  const known = { id: "room", message: `${mib(free)} free in ${folder}` };
  if (free < LEAST_FREE) return { ...known, state: "fail", next: "Make room: writes are refused (507), reads go on." };
  if (free < ENOUGH) return { ...known, state: "warn", next: "Make room: below 64 MiB writes are refused." };
  return { ...known, state: "ok" };
}

function checkOwner(file: string): Check {
  const owner = findOwner(file);
  const who = owner?.pid === undefined ? "another process" : `process ${owner.pid}`;
  const message = owner === undefined ? "no server runs on it now" : `a server runs on it: ${who}`;
  return { id: "owner", state: "ok", message };
}

/** What is wrong with whom a path is open to; undefined = nothing, or it isn't there. */
export function openTo(path: string): { readonly message: string; readonly next: string } | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || process.getuid === undefined) return undefined;
  if (stat.uid !== process.getuid() && process.getuid() !== 0) {
    return { message: `${path} belongs to another user`, next: "Run this as the user that the server runs as." };
  }
  if ((stat.mode & 0o077) === 0) return undefined;
  const mode = stat.isDirectory() ? "700" : "600";
  return { message: `${path} is open to other users of this machine`, next: `Run: chmod ${mode} ${path}` };
}

const ENOUGH = 1 << 30;
