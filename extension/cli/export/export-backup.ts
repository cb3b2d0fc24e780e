import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { writeBackup } from "#mcp/device/write-export.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

/** The vault as it lies in the store, history and settings too. Needs no password, since nothing is decrypted. */
export async function exportBackup(cli: Cli, file: string): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  const bytes = await writeBackup(vault.store, file);
  say(`Wrote ${bytes} bytes to ${file}. Keep it on another disk; "ov import ${file}" restores it.`);
}
