import * as vscode from "vscode";
import { commandLine, commandWords } from "#core/run/command-words.ts";
import { productionFirst } from "#core/run/rotation/rotate.ts";
import { type Context, formatContext, isProduction, type SecretName } from "#core/vault/context.ts";
import type { RotationProvider } from "#core/vault/rotation-item.ts";
import type { Window } from "../../window.ts";
import { runFolder } from "../run.ts";
import { askMany } from "../secrets/ask-many.ts";
import { newValueDraft, type ValueDraft, valueSteps } from "../secrets/ask-value.ts";
import { type Answer, askText, type Step } from "../secrets/steps.ts";

/** What is known of a rotation while a person is asked for it. */
export interface RotationDraft extends ValueDraft, ProgramDraft {
  readonly name: SecretName;
  contexts: readonly Context[];
}

/** The program that makes and revokes values. */
export interface ProgramDraft {
  provider: RotationProvider | undefined;
}

export function newRotationDraft(context: Context, name: SecretName): RotationDraft {
  return { ...newValueDraft(), canUseProgram: true, name, contexts: [context], provider: undefined };
}

/** `places` are the environments of the app that have a secret of this name, the one that was chosen first. */
export function rotationSteps(
  window: Window,
  draft: RotationDraft,
  places: readonly Context[],
): readonly Step<RotationDraft>[] {
  return [
    ...(places.length === 1 ? [] : [placesStep(places)]),
    ...valueSteps(draft, placesOf, false),
    ...(draft.how === "program" ? [commandStep(window), secretsStep(window)] : []),
  ];
}

export function placesOf({ name, contexts }: Pick<RotationDraft, "name" | "contexts">): string {
  return contexts.map((context) => `${formatContext(context)}/${name}`).join(", ");
}

function placesStep(places: readonly Context[]): Step<RotationDraft> {
  const choices = places.map((context) => ({
    label: formatContext(context),
    description: isProduction(context) ? vscode.l10n.t("production") : "",
    iconPath: new vscode.ThemeIcon("folder"),
    value: context,
  }));
  return async (draft, position) => {
    const placeholder = vscode.l10n.t(
      "Which environments get a new value? Those with the same value get the same one.",
    );
    const answer = await askMany(position, placeholder, choices, draft.contexts);
    if (typeof answer === "object") draft.contexts = answer.value;
    return answer;
  };
}

/** What is typed is not approved by that: the approvals view asks for each of its runs. */
export function commandStep<D extends ProgramDraft>(window: Window): Step<D> {
  return async (draft, position) => {
    const cwd = await runFolder(window);
    const answer = await askText(position, {
      prompt: vscode.l10n.t(
        "The program and its arguments, run in {0} without a shell. It is told by OV_ROTATION_STEP to make, revoke or discard a value.",
        cwd,
      ),
      placeholder: "./rotate-key.sh",
      value: draft.provider === undefined ? "" : commandLine(draft.provider.command),
      problem: (text) =>
        commandWords(text) === undefined
          ? vscode.l10n.t("Name one program and its arguments. What needs a shell goes into a script.")
          : undefined,
    });
    const command = typeof answer === "object" ? commandWords(answer.value) : undefined;
    if (command !== undefined) draft.provider = { command, cwd, secrets: draft.provider?.secrets ?? [] };
    return answer;
  };
}

/** Such as the token that may make keys. Of the environment that keeps the rotation. */
function secretsStep(window: Window): Step<RotationDraft> {
  return async (draft, position): Promise<Answer<readonly SecretName[]>> => {
    const [home] = productionFirst(draft.contexts);
    const access = await window.unlocked();
    const secrets = (await access.list(home!)).filter(({ name, canary }) => name !== draft.name && !canary);
    const given = draft.provider!; // asked before
    if (secrets.length === 0) {
      draft.provider = { ...given, secrets: [] };
      return { value: [] };
    }
    const choices = secrets.map(({ name }) => ({ label: name, iconPath: new vscode.ThemeIcon("key"), value: name }));
    const placeholder = vscode.l10n.t(
      "Which other secrets of {0} does it need? None is an answer.",
      formatContext(home!),
    );
    const answer = await askMany(position, placeholder, choices, given.secrets, 0);
    if (typeof answer === "object") draft.provider = { ...given, secrets: answer.value };
    return answer;
  };
}
