import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { formatContext, requireSecretName, type SecretName } from "#core/vault/context.ts";
import { contextOf } from "../../pick-secret.ts";
import { SecretNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { refusalOf } from "../../words/error-text.ts";
import { type HowToGet, newValueDraft, takeValue, type ValueDraft, valueSteps } from "./ask-value.ts";
import { type ContextDraft, contextSteps } from "./context-steps.ts";
import { descriptionStep, tagsStep } from "./detail-steps.ts";
import { replaceValue } from "./replace-value.ts";
import { type Answer, askInSteps, askText, type Step } from "./steps.ts";
import { ensureEnvironment, environmentExists, tellStored } from "./write-secret.ts";

export async function createSecret(window: Window, argument: unknown): Promise<void> {
  await create(window, argument, undefined);
}

/** A new value for the secret of a tree's node, else a new secret; nobody sees the value. */
export async function generateSecret(window: Window, argument: unknown): Promise<void> {
  if (argument instanceof SecretNode) await replaceValue(window, argument, vscode.l10n.t("Generate Value"), "generate");
  else await create(window, argument, "generate");
}

interface CreateDraft extends ContextDraft, ValueDraft {
  name: SecretName | undefined;
  description: string;
  tags: readonly string[];
}

async function create(window: Window, argument: unknown, how: HowToGet | undefined): Promise<void> {
  const access = await window.unlocked();
  const given = contextOf(argument);
  const draft: CreateDraft = {
    ...newValueDraft(how),
    ...{ context: given, isNewContext: false, name: undefined, description: "", tags: [] },
  };
  const stepsOf = (now: CreateDraft): readonly Step<CreateDraft>[] => [
    ...(given === undefined ? contextSteps(window, access, now) : []),
    nameStep(access),
    ...valueSteps(now, ({ context, name }) => `${formatContext(context!)}/${name}`, how !== undefined),
    descriptionStep,
    tagsStep,
  ];
  const title = how === "generate" ? vscode.l10n.t("Generate Secret") : vscode.l10n.t("Create Secret");
  try {
    if (!(await askInSteps(title, draft, stepsOf))) return;
    const { description, tags } = draft;
    const context = draft.context!; // asked
    const name = draft.name!;
    const value = await takeValue(window, draft);
    await ensureEnvironment(access, context);
    const [written] = await access.write(context, "create", [{ name, value, description, tags }]);
    if (written !== undefined) tellStored(context, written, value);
  } finally {
    wipe(draft.value);
  }
}

function nameStep(access: VaultAccess): Step<CreateDraft> {
  return async (draft, position) => {
    const context = draft.context!; // asked before
    const exists = await environmentExists(access, context);
    const live = exists ? await access.list(context) : [];
    const deleted = exists ? await access.list(context, { deleted: true }) : [];
    const answer: Answer<string> = await askText(position, {
      prompt: vscode.l10n.t("Name of the secret, which is also the environment variable that programs read"),
      placeholder: "STRIPE_API_KEY",
      value: draft.name ?? "",
      problem: (text) => nameProblem(text.trim(), live, deleted),
      warning: (text) => nameWarning(text.trim(), deleted),
    });
    if (typeof answer === "object") draft.name = requireSecretName(answer.value.trim());
    return answer;
  };
}

function nameProblem(text: string, live: readonly SecretInfo[], deleted: readonly SecretInfo[]): string | undefined {
  if (live.some(({ name }) => name === text))
    return vscode.l10n.t("{0} exists already. Rotate it to give it a new value, or choose another name.", text);
  if (deleted.some(({ name, canary }) => name === text && canary))
    return vscode.l10n.t("A deleted decoy has this name, and stays a decoy. Choose another name.");
  return refusalOf(() => requireSecretName(text));
}

function nameWarning(text: string, deleted: readonly SecretInfo[]): string | undefined {
  return deleted.some(({ name }) => name === text)
    ? vscode.l10n.t("A deleted secret has this name. This becomes its next version; its history stays.")
    : undefined;
}
