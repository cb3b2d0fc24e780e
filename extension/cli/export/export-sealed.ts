import { wipe } from "#core/crypto/wipe.ts";
import { everyContext, readForExport, wipeExported } from "#core/export/read-for-export.ts";
import { formatContext } from "#core/vault/context.ts";
import { requireNewFile } from "#mcp/device/new-file.ts";
import { writeSealedExport } from "#mcp/device/write-export.ts";
import { askNewPassphrase } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import { contextOf } from "../context-of.ts";
import { say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import type { ExportOptions } from "./export-options.ts";
import { unlockHere } from "./unlock-here.ts";

/**
 * Everything, or one environment, under a passphrase of its own: for another vault. Decoys go along and stay decoys;
 * history, policies and the audit log stay, they are in a backup. It is opened again before it counts as written.
 */
export async function exportSealed(cli: Cli, file: string, options: ExportOptions): Promise<void> {
  requireNewFile(file);
  const one =
    options.app !== undefined || options.env !== undefined ? (await contextOf(cli, options)).context : undefined;
  await withTerminal("Exporting under a passphrase", async (terminal) => {
    terminal.output.write(
      `Exports ${one === undefined ? "every environment" : formatContext(one)} under a new passphrase.\r\n`,
    );
    await unlockHere(cli, terminal, async (session) => {
      const contexts = one === undefined ? await everyContext(session) : [one];
      const passphrase = await askNewPassphrase(terminal);
      const environments = await readForExport(session, contexts, "under a passphrase", { withDecoys: true });
      try {
        await writeSealedExport(file, environments, passphrase);
      } finally {
        wipe(passphrase);
        wipeExported(environments);
      }
      for (const { context, secrets } of environments) say(`  ${formatContext(context)}: ${secrets.length} secrets`);
      say(`Wrote ${file}, and opened it again. "ov import ${file}" puts it into another vault, with this passphrase.`);
    });
  });
}
