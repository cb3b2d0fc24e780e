import type { Command } from "commander";
import { kindOfFile } from "#mcp/device/import-file.ts";
import type { Cli } from "../cli.ts";
import { addImportOptions } from "../import/import-options.ts";
import type { ImportOptions } from "../import/import-secrets.ts";
import { STDIN } from "../import/source.ts";

export function define(command: Command, cli: Cli): void {
  addImportOptions(command)
    .argument("<file>", 'a file of another program, a backup or an export of ov; "-" is stdin')
    .addHelpText(
      "after",
      "\nShows by names and sizes what it would do, and asks. A backup becomes the vault, where there is none yet.\nSee docs/guides/import.md for the command of each program.",
    )
    .action((file: string, options: ImportOptions) => importFile(cli, file, options));
}

/** Our own files are known by their first letters; a pipe is another program's. */
async function importFile(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  const kind = file === STDIN ? "other" : kindOfFile(file);
  if (kind === "backup") {
    const { importBackup } = await import("../import/import-backup.ts");
    return importBackup(cli, file);
  }
  if (kind === "export") {
    const { importSealed } = await import("../import/import-sealed.ts");
    return importSealed(cli, file, options);
  }
  const { importSecrets } = await import("../import/import-secrets.ts");
  return importSecrets(cli, file, options);
}
