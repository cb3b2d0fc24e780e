import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { formatContext } from "#core/vault/context.ts";
import { confirmed } from "../../ask-person.ts";
import { chooseSecret } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { type HowToGet, newValueDraft, takeValue, valueSteps } from "./ask-value.ts";
import { askInSteps } from "./steps.ts";
import { tellStored } from "./write-secret.ts";

export async function rotateSecret(window: Window, argument: unknown): Promise<void> {
  await replaceValue(window, argument, vscode.l10n.t("Rotate Secret"));
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

function confirmReplace(place: string): Promise<boolean> {
  return confirmed(
    vscode.l10n.t("Replace the value of {0}?", place),
    vscode.l10n.t("The old value stays in its history. Where the secret is in use, the new one has to be made known."),
    vscode.l10n.t("Replace"),
  );
}
