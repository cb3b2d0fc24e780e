import * as vscode from "vscode";
import { formatContext } from "#core/vault/context.ts";
import { confirmed, withPassword } from "../../ask-person.ts";
import { chooseSecret, type PickedSecret } from "../../pick-secret.ts";
import { telling } from "../../show-error.ts";
import type { Window } from "../../window.ts";

export async function deleteSecret(window: Window, argument: unknown): Promise<void> {
  const picked = await chooseSecret(window, argument, vscode.l10n.t("Delete Secret"));
  if (picked === undefined) return;
  const place = placeOf(picked);
  const detail = vscode.l10n.t("Commands no longer get it. It can be restored until it is destroyed.");
  if (!(await confirmed(vscode.l10n.t("Delete {0}?", place), detail, vscode.l10n.t("Delete")))) return;
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

/** There is no way back, so it takes the master password, as on the command line. */
export async function destroySecret(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Destroy Deleted Secret");
  const picked = await chooseSecret(window, argument, title, { deleted: true });
  if (picked === undefined) return;
  const place = placeOf(picked);
  const detail = vscode.l10n.t("All of its versions are lost. Nothing brings them back.");
  if (!(await confirmed(vscode.l10n.t("Destroy {0} for good?", place), detail, vscode.l10n.t("Destroy")))) return;
  const access = await window.unlocked();
  const prompt = vscode.l10n.t("Master password, to destroy {0}", place);
  const isDone = await withPassword(title, prompt, async (password) => {
    await access.prove(password);
    await access.purge(picked.context, picked.info.name);
    return true;
  });
  if (isDone) vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("{0} is destroyed.", place)}`, 5000);
}

async function restore(window: Window, picked: PickedSecret): Promise<void> {
  await (await window.unlocked()).undelete(picked.context, picked.info.name);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("{0} is back.", placeOf(picked))}`, 5000);
}

function placeOf({ context, info }: PickedSecret): string {
  return `${formatContext(context)}/${info.name}`;
}
