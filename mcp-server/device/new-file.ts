import { existsSync, rmSync, writeFileSync } from "node:fs";
import { errorCode } from "#core/store/file-error.ts";
import { VaultError } from "#core/vault-error.ts";

/** An older export is not overwritten: it may be the only good one. */
export function requireNewFile(file: string): void {
  if (existsSync(file)) throw new VaultError("argument-invalid", `${file} exists already. Name a new file.`);
}

/** A file of our own that nobody else can read. "wx" follows no link and overwrites nothing. */
export function writeNewFile(file: string, bytes: Uint8Array): void {
  requireNewFile(file);
  try {
    writeFileSync(file, bytes, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if (!isTaken(error)) dropHalf(file);
    throw notWritten(error, file);
  }
}

/** Somebody else's file is there: it is no half of ours. */
export function isTaken(error: unknown): boolean {
  return errorCode(error) === "EEXIST";
}

/** Half of it must not be taken for the whole. */
export function dropHalf(file: string): void {
  rmSync(file, { force: true });
}

export function notWritten(error: unknown, file: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  return new VaultError(
    code === "ENOSPC" ? "store-full" : "store-failed",
    `${file} can't be written (${code}). Choose another place.`,
    { cause: error },
  );
}
