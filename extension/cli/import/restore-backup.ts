import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { importBackup } from "#core/vault/backup.ts";
import { VaultError } from "#core/vault-error.ts";
import { makePrivateFolder } from "#mcp/device/private-file.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

/** Every secret is decrypted and checked first; only then the vault is put in its place. */
export async function restoreBackup(cli: Cli, file: string): Promise<void> {
  const vault = await thisVault(cli.paths);
  if ((await vault.store.readAccount()) !== undefined) {
    throw new VaultError(
      "vault-exists",
      `There is a vault in ${vault.store.location} already. Move it away first, or choose another OV_HOME.`,
    );
  }
  const password = await askMasterPassword(cli.env, "check and restore the backup");
  makePrivateFolder(cli.paths.state);
  const folder = mkdtempSync(join(cli.paths.state, "import-"));
  try {
    const scratch = {
      store: openFileStore(join(folder, "vault")),
      device: openDeviceState(join(folder, "state")),
      now: Date.now,
    };
    const summary = await importBackup(vault, scratch, createReadStream(file), password);
    say(`Restored the vault to ${vault.store.location}; every secret was decrypted and checked:`);
    for (const { context, secrets } of summary.environments) say(`  ${context}: ${secrets} secrets`);
  } finally {
    wipe(password);
    rmSync(folder, { recursive: true, force: true });
  }
}
