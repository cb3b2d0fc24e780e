import * as vscode from "vscode";
import type { SecretDraft } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import { confirmed } from "../../ask-person.ts";
import { chooseSecret, type PickedSecret } from "../../pick-secret.ts";
import { SecretNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { CHANGES, type Change, type EditDraft, newEditDraft } from "./edit-steps.ts";
import { replaceValue } from "./replace-value.ts";
import { askChoice, askInSteps, type Step } from "./steps.ts";
import { tellStored, writeGuarded } from "./write-secret.ts";

/** Changes one thing about a secret: its value, or what is kept with it. */
export async function editSecret(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Edit Secret");
  const picked = await chooseSecret(window, argument, title);
  if (picked === undefined) return;
  const { context, info } = picked;
  const place = `${formatContext(context)}/${info.name}`;
  const draft = newEditDraft(info);
  const stepsOf = (now: EditDraft): readonly Step<EditDraft>[] => [
    changeStep(picked),
    ...(now.change === undefined ? [] : CHANGES[now.change].steps(now)),
  ];
  if (!(await askInSteps(`${title} ${place}`, draft, stepsOf)) || draft.change === undefined) return;
  switch (draft.change) {
    case "value":
      return replaceValue(window, new SecretNode(context, info), title);
    case "name":
      return rename(window, picked, draft);
    case "canary":
      if (!(await confirmDecoy(place))) return;
      return store(window, picked, { canary: true });
    case "description":
    case "tags":
    case "rotation":
    case "hosts":
    case "placeholder":
      return store(window, picked, CHANGES[draft.change].draftOf(draft));
  }
}

function changeStep({ info }: PickedSecret): Step<EditDraft> {
  return async (draft, position) => {
    const offered = (Object.keys(CHANGES) as Change[]).filter((change) => change !== "canary" || !info.canary);
    const choices = offered.map((value) => {
      const { label, icon, now } = CHANGES[value].shown(info);
      return { label, description: now, iconPath: new vscode.ThemeIcon(icon), value };
    });
    const answer = await askChoice(position, vscode.l10n.t("What is to change?"), choices, draft.change);
    if (typeof answer === "object") draft.change = answer.value;
    return answer;
  };
}

async function store(
  window: Window,
  { context, info }: PickedSecret,
  details: Omit<SecretDraft, "name">,
): Promise<void> {
  const access = await window.unlocked();
  const [written] = (await writeGuarded(access, context, "update", [{ name: info.name, ...details }])) ?? [];
  if (written !== undefined) tellStored(context, written);
}

async function rename(window: Window, { context, info }: PickedSecret, { name }: EditDraft): Promise<void> {
  if (name === info.name) return;
  const access = await window.unlocked();
  await access.rename(context, info.name, name);
  void vscode.window.showInformationMessage(
    vscode.l10n.t("{0} is {1} now. Change it too where programs and .ov.yaml name it.", info.name, name),
  );
}

function confirmDecoy(place: string): Promise<boolean> {
  return confirmed(
    vscode.l10n.t("Make {0} a decoy, for good?", place),
    vscode.l10n.t(
      "No command gets it any more, and nobody can see its value. Every try to use it is refused, recorded and shown to you.",
    ),
    vscode.l10n.t("Make It a Decoy"),
  );
}
