import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
    throw error;
  }
}

/** A folder that only this user may enter. One that exists keeps its place, and loses what others may do in it. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (process.platform !== "win32") chmodSync(path, 0o700);
}
