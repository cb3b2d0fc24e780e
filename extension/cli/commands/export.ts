import { createWriteStream, existsSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { exportBackup } from "#core/vault/backup.ts";
import { VaultError } from "#core/vault-error.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command
    .argument("<file>", "a new file for the backup")
    .addHelpText(
      "after",
      "\nThe backup is as encrypted as the vault: it opens with the master password of today, or the recovery code.",
    )
    .action((file: string) => writeBackup(cli, file));
}

/** Needs no password, since nothing is decrypted. */
async function writeBackup(cli: Cli, file: string): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  if (existsSync(file))
    throw new VaultError("argument-invalid", `${file} exists already. Name a new file for the backup.`);
  const output = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  try {
    await pipeline(Readable.from(exportBackup(vault.store)), output);
  } catch (error) {
    // Half a backup must not be taken for one. It is ours: "wx" made it, unless opening failed.
    if (output.bytesWritten > 0 || existsSync(file)) rmSync(file, { force: true });
    throw asVaultError(error, file);
  }
  say(`Wrote ${output.bytesWritten} bytes to ${file}. Keep it on another disk; "ov import ${file}" restores it.`);
}

function asVaultError(error: unknown, file: string): unknown {
  if (error instanceof VaultError || !(error instanceof Error) || !("code" in error)) return error;
  const code = error.code === "ENOSPC" ? "store-full" : "store-failed";
  return new VaultError(code, `${file} can't be written (${String(error.code)}). Choose another place.`, {
    cause: error,
  });
}
