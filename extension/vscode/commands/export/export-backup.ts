import * as vscode from "vscode";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { writeBackup } from "#mcp/device/write-export.ts";
import { cancellable } from "../../cancellable.ts";
import type { Window } from "../../window.ts";
import { askNewFile, today } from "./ask-new-file.ts";

/** The vault as it lies in the store, history and settings too. Needs no password, since nothing is decrypted. */
export async function exportBackup(window: Window): Promise<void> {
  const vault = await thisVault(window.own.paths);
  await requireVault(vault);
  const filters = { [vscode.l10n.t("Backup")]: ["ovb"] };
  const title = vscode.l10n.t("Save the backup");
  const file = await askNewFile(window, title, `opaquevault-${today()}.ovb`, filters);
  if (file === undefined) return;
  const bytes = await cancellable(vscode.l10n.t("Writing the backup …"), (signal) =>
    writeBackup(vault.store, file, signal),
  );
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "The backup is in {0}: {1} bytes. Keep it on another disk. Import Secrets makes it the vault of a machine that has none.",
      file,
      bytes,
    ),
  );
}
