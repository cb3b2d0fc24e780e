import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "#core/store/file-error.ts";
import { VaultError } from "#core/vault-error.ts";

/** Writes beside and renames, so that a reader sees the old text or the new one; readable by this user alone. */
export function writePrivateFile(path: string, text: string): void {
  makePrivateFolder(dirname(path));
  writeBeside(path, text, 0o600);
}

/** Replaces a file in one step, with the mode given. */
export function writeBeside(path: string, text: string, mode: number): void {
  const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(beside, text, { mode, flag: "wx", flush: true });
    chmodSync(beside, mode);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw notWritten(error, path);
  }
}

/** A folder that only this user may enter. One that exists keeps its place, and loses what others may do in it. */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (process.platform !== "win32") chmodSync(path, 0o700);
  } catch (error) {
    throw notWritten(error, path);
  }
}

/** Anything but an error of the operating system is a bug, and stays as it is. */
function notWritten(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  return new VaultError(
    "store-failed",
    `${path} can't be written (${code}). Check that its disk has space and is no read-only one, and its permissions.`,
    { cause: error },
  );
}
