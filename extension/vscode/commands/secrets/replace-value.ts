import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { formatContext } from "#core/vault/context.ts";
import { confirmed, withPassword } from "../../ask-person.ts";
import { chooseSecret } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { type HowToGet, newValueDraft, takeValue, valueSteps } from "./ask-value.ts";
import { askInSteps } from "./steps.ts";
import { tellStored } from "./write-secret.ts";

/** For a value that was seen, and that the person knows to be of no use any more. Takes the master password. */
export async function clearExposed(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Take the Exposed Mark Off");
  const picked = await chooseSecret(window, argument, title);
  if (picked === undefined) return;
  const { context, info } = picked;
  const place = `${formatContext(context)}/${info.name}`;
  const access = await window.unlocked();
  const isDone = await withPassword(
    title,
    vscode.l10n.t("Master password, to say that the value of {0} is not exposed", place),
    async (password) => {
      await access.clearExposed(context, info.name, password);
      return true;
    },
  );
  if (isDone)
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("{0} is not marked any more.", place)}`, 5000);
}

/** A new value for a secret. Its details stay, and the old value is the version before. */
export async function replaceValue(window: Window, argument: unknown, title: string, how?: HowToGet): Promise<void> {
  const picked = await chooseSecret(window, argument, title);
  if (picked === undefined) return;
  const { context, info } = picked;
  const place = `${formatContext(context)}/${info.name}`;
  const draft = newValueDraft(how);
  try {
    if (!(await askInSteps(`${title} ${place}`, draft, (now) => valueSteps(now, () => place, how !== undefined))))
      return;
    // Whoever types a value into the box for this very secret needs no second question.
    if (draft.how !== "type" && !(await confirmReplace(place))) return;
    const value = await takeValue(window, draft);
    const access = await window.unlocked();
    const [written] = await access.write(context, "update", [{ name: info.name, value }]);
    if (written !== undefined) tellStored(context, written, value);
  } finally {
    wipe(draft.value);
  }
}

export function confirmReplace(place: string): Promise<boolean> {
  return confirmed(
    vscode.l10n.t("Replace the value of {0}?", place),
    vscode.l10n.t("The old value stays in its history. Where the secret is in use, the new one has to be made known."),
    vscode.l10n.t("Replace"),
  );
}
