import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { sha256 } from "#core/crypto/hash.ts";
import { EXPORT_MAGIC } from "#core/export/sealed-export.ts";
import { errorCode, fileError } from "#core/store/file-error.ts";
import { BACKUP_MAGIC } from "#core/vault/backup.ts";
import { VaultError } from "#core/vault-error.ts";

export type Digest = string & { readonly brand: "Digest" };

/** A file that is to be imported, as it was when it was read. */
export interface ImportFile {
  /** With links followed, so that deleting it deletes the values. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** What a file is by its first letters: one of ours, or another program's. Refuses with `file-not-found`. */
export function kindOfFile(file: string): "backup" | "export" | "other" {
  try {
    const bytes = Buffer.alloc(4);
    // Without NONBLOCK a FIFO would wait.
    const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const magic = bytes.toString("latin1", 0, readSync(opened, bytes, 0, 4, 0));
      return magic === BACKUP_MAGIC ? "backup" : magic === EXPORT_MAGIC ? "export" : "other";
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    throw new VaultError("file-not-found", `There is no file ${JSON.stringify(file)} to read. Name another.`, {
      cause,
    });
  }
}

/** A file of another program. The caller wipes the bytes. */
export function readImportFile(file: string): ImportFile {
  const path = realFile(file, MAX_IMPORT_BYTES);
  const bytes = readFileSync(path);
  return { path, bytes, digest: digestOf(bytes) };
}

/** An export under a passphrase, still sealed. */
export function readSealedFile(file: string): Buffer {
  return readFileSync(realFile(file, MAX_SEALED_BYTES));
}

/** Deletes the file, as `requireUnchanged` allows. */
export function deleteImported(path: string, imported: Digest): void {
  requireUnchanged(path, imported);
  try {
    unlinkSync(path);
  } catch (error) {
    throw fileError(error, "write", path);
  }
}

/**
 * Before a file is deleted: refuses with `vault-conflict` if it is another one by now, since a value that was typed into
 * it while we asked questions is in no vault. What is written between this look and the deletion right after it is lost.
 */
export function requireUnchanged(path: string, imported: Digest): void {
  try {
    const bytes = lstatSync(path).isFile() ? readFileSync(path) : undefined;
    const isSame = bytes !== undefined && digestOf(bytes) === imported;
    bytes?.fill(0);
    if (isSame) return;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileError(error, "read", path);
  }
  throw new VaultError(
    "vault-conflict",
    `${path} was changed while it was imported, so it was not deleted. Look at what is new in it, and import it again.`,
  );
}

export function inGit(path: string): boolean {
  try {
    // The repository's own configuration names programs that git would run here.
    execFileSync("git", ["-c", "core.fsmonitor=false", "ls-files", "--error-unmatch", "--", basename(path)], {
      cwd: dirname(path),
      stdio: "ignore",
      timeout: 5000,
    });
    return true;
  } catch {
    return false;
  }
}

function digestOf(bytes: Uint8Array): Digest {
  return sha256(bytes).toString("hex") as Digest; // made here only
}

function realFile(file: string, most: number): string {
  try {
    const path = realpathSync(file);
    const { size } = statSync(path);
    if (statSync(path).isFile() && size <= most) return path;
  } catch {
    // told below
  }
  throw new VaultError(
    "file-not-found",
    `${JSON.stringify(file)} is no file of at most ${most} bytes. Give the path of a .env file, or of an export.`,
  );
}

/** Of what other programs write, also of what is piped. */
export const MAX_IMPORT_BYTES = 16 * 1024 * 1024;
const MAX_SEALED_BYTES = 1024 ** 3;
