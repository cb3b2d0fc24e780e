import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { equal, sha256 } from "../../crypto/hash.ts";
import { randomBuffer } from "../../crypto/random.ts";
import { errorCode, fileError } from "../file-error.ts";

/**
 * Files of a cache: a SHA-256, then the bytes. One that is cut, changed or too large is as good as none, so nothing waits
 * for the disk, and a full disk costs speed only.
 */
export async function readChecked(path: string, limit: number): Promise<Buffer | undefined> {
  try {
    if ((await stat(path)).size > limit + 32) return undefined;
    const bytes = await readFile(path);
    const body = bytes.subarray(32);
    return equal(sha256(body), bytes.subarray(0, 32)) ? body : undefined;
  } catch (error) {
    if (errorCode(error) !== undefined) return undefined;
    throw error;
  }
}

export async function writeChecked(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
  const beside = `${path}.${randomBuffer(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(beside, [sha256(...parts), ...parts], { mode: 0o600, flag: "wx" });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    if (errorCode(error) === undefined) throw error;
  }
}

/** For what must be gone: here an error counts. */
export async function removeChecked(path: string): Promise<void> {
  try {
    await rm(path, { force: true, recursive: true });
  } catch (error) {
    throw fileError(error, "write", path);
  }
}
