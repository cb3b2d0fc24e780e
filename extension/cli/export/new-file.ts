import { existsSync, rmSync, writeFileSync } from "node:fs";
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
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") dropHalf(file); // of the file system
    throw notWritten(error, file);
  }
}

/** Half of it must not be taken for the whole. */
export function dropHalf(file: string): void {
  rmSync(file, { force: true });
}

export function notWritten(error: unknown, file: string): unknown {
  if (error instanceof VaultError || !(error instanceof Error) || !("code" in error)) return error;
  const code = error.code === "ENOSPC" ? "store-full" : "store-failed";
  return new VaultError(code, `${file} can't be written (${String(error.code)}). Choose another place.`, {
    cause: error,
  });
}
