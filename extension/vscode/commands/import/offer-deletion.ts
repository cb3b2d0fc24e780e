import * as vscode from "vscode";
import { stillVisible } from "#core/run/visible-text.ts";
import { type Digest, deleteImported, inGit, requireUnchanged } from "#mcp/device/import-file.ts";
import { confirmed } from "../../ask-person.ts";
import { windowError } from "../../words/error-text.ts";

/** After an import: the file still holds the values in the clear. `missing`: what of it the vault does not hold. */
export async function offerDeletion(path: string, imported: Digest, missing: readonly string[]): Promise<void> {
  const notes = [
    vscode.l10n.t("It still holds the values in the clear. They stay in the trash until you empty it."),
    ...(missing.length === 0 ? [] : [vscode.l10n.t("Not in the vault, and gone with it: {0}.", missing.join("; "))]),
    ...(inGit(path)
      ? [
          vscode.l10n.t(
            "It is in git, whose history keeps its values. Make new ones at their source, and import those.",
          ),
        ]
      : []),
  ];
  const question = vscode.l10n.t("Delete {0}?", stillVisible(path));
  if (!(await confirmed(question, notes.join("\n\n"), vscode.l10n.t("Move to Trash")))) return;
  refuseUnsaved(path);
  requireUnchanged(path, imported);
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(path), { useTrash: true });
  } catch {
    await offerFinalDeletion(path, imported);
  }
}

/** A remote machine has no trash. */
async function offerFinalDeletion(path: string, imported: Digest): Promise<void> {
  const question = vscode.l10n.t("{0} can't be moved to a trash here. Delete it for good?", stillVisible(path));
  if (!(await confirmed(question, "", vscode.l10n.t("Delete for Good")))) return;
  refuseUnsaved(path);
  deleteImported(path, imported);
}

/** What was typed into an editor and not saved is in no file, and so in no vault. */
function refuseUnsaved(path: string): void {
  const isUnsaved = vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === path);
  if (!isUnsaved) return;
  throw windowError(
    "vault-conflict",
    vscode.l10n.t("{0} has unsaved changes, so it was not deleted. Save it, and import it again.", path),
  );
}
