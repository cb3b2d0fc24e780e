import * as vscode from "vscode";
import type { VaultSummary } from "#core/vault/backup.ts";
import { restoreBackup } from "#mcp/device/restore-backup.ts";
import { withPassword } from "../../ask-person.ts";
import { cancellable } from "../../cancellable.ts";
import { nameList } from "../../name-list.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { inNewPlace } from "../server/new-place.ts";

/** A backup becomes the vault of this machine, where there is none: every secret is decrypted and checked before that. */
export async function importBackup(window: Window, name: string, file: string): Promise<void> {
  if ((await window.vault.refresh()).kind !== "absent") throw vaultIsThere(window);
  window.prepare();
  const prompt = vscode.l10n.t("Master password of the backup: the one that its vault had when it was made");
  const summary = await withPassword(vscode.l10n.t("Import {0}", name), prompt, (password) =>
    cancellable(vscode.l10n.t("Checking and restoring the backup …"), async (signal) => {
      const restored = await inNewPlace(window, () => restoreBackup(window.own.paths, file, password, signal));
      await window.vault.unlock(password);
      return restored;
    }),
  );
  if (summary !== undefined) tellRestored(window, summary);
}

function vaultIsThere({ own, remote }: Window): Error {
  const { face } = remote;
  const place = face.kind === "server" ? face.url : own.paths.vault;
  return windowError(
    "vault-exists",
    vscode.l10n.t(
      "This file is a backup of a whole vault, and a backup replaces none: there is one in {0}. Move that away first.",
      place,
    ),
  );
}

function tellRestored({ own }: Window, { environments }: VaultSummary): void {
  const held = environments.map(({ context, secrets }) => `${context} (${secrets})`);
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "The vault is restored to {0}. Each of its secrets was decrypted and checked: {1}.",
      own.paths.vault,
      nameList(held),
    ),
  );
}
