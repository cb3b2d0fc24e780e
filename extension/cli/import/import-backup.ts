import { wipe } from "#core/crypto/wipe.ts";
import { requireNoVault } from "#core/vault/backup.ts";
import { restoreBackup } from "#mcp/device/restore-backup.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

export async function importBackup(cli: Cli, file: string): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireNoVault(vault);
  const password = await askMasterPassword(cli.env, "check and restore the backup");
  const summary = await restoreBackup(cli.paths, file, password).finally(() => wipe(password));
  say(`Restored the vault to ${vault.store.location}; every secret was decrypted and checked:`);
  for (const { context, secrets } of summary.environments) say(`  ${context}: ${secrets} secrets`);
}
