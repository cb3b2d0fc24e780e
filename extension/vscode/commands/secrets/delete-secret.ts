import * as vscode from "vscode";
import { formatContext } from "#core/vault/context.ts";
import { chooseSecret, type PickedSecret } from "../../pick-secret.ts";
import { telling } from "../../show-error.ts";
import type { Window } from "../../window.ts";

export async function deleteSecret(window: Window, argument: unknown): Promise<void> {
  const picked = await chooseSecret(window, argument, vscode.l10n.t("Delete Secret"));
  if (picked === undefined) return;
  const place = placeOf(picked);
  const remove = vscode.l10n.t("Delete");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Delete {0}?", place),
    { modal: true, detail: vscode.l10n.t("Commands no longer get it. It can be restored until it is destroyed.") },
    remove,
  );
  if (answer !== remove) return;
  await (await window.unlocked()).delete(picked.context, picked.info.name);
  const undo = vscode.l10n.t("Undo");
  void vscode.window.showInformationMessage(vscode.l10n.t("Deleted {0}.", place), undo).then((pressed) => {
    if (pressed === undo) return telling(window.log, () => restore(window, picked));
  });
}

export async function restoreSecret(window: Window, argument: unknown): Promise<void> {
  const picked = await chooseSecret(window, argument, vscode.l10n.t("Restore Deleted Secret"), { deleted: true });
  if (picked !== undefined) await restore(window, picked);
}

async function restore(window: Window, picked: PickedSecret): Promise<void> {
  await (await window.unlocked()).undelete(picked.context, picked.info.name);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("{0} is back.", placeOf(picked))}`, 5000);
}

function placeOf({ context, info }: PickedSecret): string {
  return `${formatContext(context)}/${info.name}`;
}
