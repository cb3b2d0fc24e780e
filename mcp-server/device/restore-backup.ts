import { createReadStream } from "node:fs";
import { importBackup, type VaultSummary } from "#core/vault/backup.ts";
import type { Paths } from "./paths.ts";
import { withScratchVault } from "./scratch.ts";
import { thisVault } from "./this-vault.ts";

/**
 * A backup becomes the vault of this device, where there is none. Every secret is decrypted and checked first; only then
 * the vault is put in its place, in one step. `signal` ends it before that step. The caller wipes the password.
 */
export function restoreBackup(
  paths: Paths,
  file: string,
  password: Uint8Array,
  signal?: AbortSignal,
): Promise<VaultSummary> {
  return withScratchVault(paths, "import-", async (scratch) =>
    importBackup(await thisVault(paths), scratch, createReadStream(file), password, signal),
  );
}
