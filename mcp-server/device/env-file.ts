import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, realpathSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { sha256 } from "#core/crypto/hash.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { readDotenv } from "#core/import/dotenv-file.ts";
import { errorCode, fileError } from "#core/store/file-error.ts";
import { asSecretName, type SecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";

export interface EnvFile {
  readonly entries: readonly EnvEntry[];
  /** Names that can't be imported, each with the reason. */
  readonly left: readonly string[];
  /** Of all that the file held when it was read. */
  readonly digest: Digest;
}

export type Digest = string & { readonly brand: "Digest" };

export interface EnvEntry {
  readonly name: SecretName;
  readonly value: Buffer;
}

/** What a .env file holds, by the rules of the library that most programs read it with. The caller wipes the values. */
export function parseEnvFile(path: string): EnvFile {
  const bytes = readFileSync(path);
  const { secrets } = readDotenv(bytes);
  const digest = digestOf(bytes);
  bytes.fill(0);
  const entries: EnvEntry[] = [];
  const left: string[] = [];
  for (const { from: key, value } of secrets) {
    const name = asSecretName(key);
    if (name === undefined) left.push(`${key} (programs load code or look for files through it, or it is no name)`);
    else if (value.length === 0) left.push(`${key} (empty)`);
    else if (value.length > MAX_VALUE) left.push(`${key} (longer than ${MAX_VALUE} bytes)`);
    else entries.push({ name, value });
    if (name === undefined) wipe(value);
  }
  if (entries.length === 0)
    throw new VaultError("value-invalid", `${path} holds nothing to import. It should have lines such as NAME=value.`);
  return { entries, left, digest };
}

/** Deletes the file, as `requireUnchanged` allows. */
export function deleteEnvFile(path: string, imported: Digest): void {
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

export function digestOf(bytes: Uint8Array): Digest {
  return sha256(bytes).toString("hex") as Digest; // made here only
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

export function realEnvFile(file: string): string {
  return realFile(file, MAX_FILE);
}

/** The path with links followed, so that deleting it deletes the values. */
export function realFile(file: string, most: number): string {
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

const MAX_VALUE = 65_536;
const MAX_FILE = 1_048_576;
