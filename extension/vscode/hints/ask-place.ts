import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { asSecretName, requireSecretName, type SecretName } from "#core/vault/context.ts";
import { type ContextDraft, contextSteps } from "../commands/secrets/context-steps.ts";
import { askInSteps, askText, type Step } from "../commands/secrets/steps.ts";
import { environmentExists } from "../commands/secrets/write-secret.ts";
import type { Window } from "../window.ts";
import { refusalOf } from "../words/error-text.ts";
import type { Place } from "./move-credential.ts";
import { nameProblem } from "./name-problem.ts";

interface PlaceDraft extends ContextDraft {
  name: SecretName | undefined;
}

/** Asks for the context and the name of what is to be stored. undefined = the person gave up. */
export async function askPlace(
  window: Window,
  access: VaultAccess,
  suggested: string,
  value: string,
): Promise<Place | undefined> {
  const draft: PlaceDraft = { context: undefined, isNewContext: false, name: undefined };
  const title = vscode.l10n.t("Move to OpaqueVault");
  const stepsOf = (now: PlaceDraft): readonly Step<PlaceDraft>[] => [
    ...contextSteps(window, access, now),
    nameStep(access, suggested, value),
  ];
  if (!(await askInSteps(title, draft, stepsOf))) return undefined;
  return { context: draft.context!, name: draft.name! }; // both were asked
}

function nameStep(access: VaultAccess, suggested: string, value: string): Step<PlaceDraft> {
  return async (draft, position) => {
    const context = draft.context!; // asked before
    const exists = await environmentExists(access, context);
    const live = exists ? await access.list(context) : [];
    const deleted = exists ? await access.list(context, { deleted: true }) : [];
    const taken = new Set([...live, ...deleted].map(({ name }) => name as string));
    const answer = await askText(position, {
      prompt: vscode.l10n.t("Name of the secret, which is also the environment variable that the program reads"),
      value: draft.name ?? suggested,
      problem: (text) => problemOf(text.trim(), taken, value),
    });
    if (typeof answer === "object") draft.name = requireSecretName(answer.value.trim());
    return answer;
  };
}

function problemOf(text: string, taken: ReadonlySet<string>, value: string): string | undefined {
  switch (nameProblem(text, taken, value)) {
    case "value":
      return vscode.l10n.t("This is the value itself, which agents would read here. Choose a name for it.");
    case "taken":
      return vscode.l10n.t("{0} is taken. Choose another name, such as {1}.", text, freeName(text, taken));
    case "invalid":
      return refusalOf(() => requireSecretName(text));
    case undefined:
      return undefined;
  }
}

function freeName(text: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const name = `${text}_${number}`;
    if (!taken.has(name) && (asSecretName(name) !== undefined || number > 99)) return name;
  }
}
