import { type Command, Option } from "commander";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions } from "../context-of.ts";
import type { ExportOptions } from "../export/export-options.ts";

export function define(command: Command, cli: Cli): void {
  addContextOptions(command)
    .argument("[file]", "a new file; needed but with --plain")
    .addOption(
      new Option(
        "--passphrase",
        "newest values under a passphrase of their own, to be imported into another vault",
      ).conflicts("plain"),
    )
    .option(
      "--plain",
      "the values of one environment in the clear; asks for the master password and the environment's name",
    )
    .addOption(new Option("--format <format>", "of --plain (default: dotenv)").choices(["dotenv", "json", "yaml"]))
    .option("--stdout", "with --plain: to a pipe")
    .addHelpText(
      "after",
      "\nWithout options it is a backup of the whole vault, as encrypted as the vault: it opens with the master password of\ntoday, or the recovery code. What leaves the vault otherwise needs you at a terminal. See docs/guides/import.md.",
    )
    .action((file: string | undefined, options: ExportOptions) => exportTo(cli, file, options));
}

async function exportTo(cli: Cli, file: string | undefined, options: ExportOptions): Promise<void> {
  if (!options.plain && (options.format !== undefined || options.stdout)) {
    throw new VaultError(
      "argument-invalid",
      "--format and --stdout are for --plain. A backup and --passphrase have one format.",
    );
  }
  if (options.plain) {
    const { exportPlain } = await import("../export/export-plain.ts");
    return exportPlain(cli, file, options);
  }
  if (file === undefined) throw new VaultError("argument-invalid", "Name a new file for the export.");
  if (options.passphrase) {
    const { exportSealed } = await import("../export/export-sealed.ts");
    return exportSealed(cli, file, options);
  }
  if (options.app !== undefined || options.env !== undefined) {
    throw new VaultError(
      "argument-invalid",
      "A backup is of the whole vault. For one environment add --passphrase or --plain.",
    );
  }
  const { exportBackup } = await import("../export/export-backup.ts");
  return exportBackup(cli, file);
}
