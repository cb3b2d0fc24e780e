import * as vscode from "vscode";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, type SecretName } from "#core/vault/context.ts";
import { askChoice, askInSteps, type Step } from "./commands/secrets/steps.ts";
import { askContext } from "./pick-context.ts";
import { EnvironmentNode, SecretNode } from "./tree/nodes.ts";
import { secretRow } from "./tree/row.ts";
import { rowDescription } from "./tree/row-texts.ts";
import type { Window } from "./window.ts";
import { windowError } from "./words/error-text.ts";

export interface PickedSecret {
  readonly context: Context;
  readonly info: SecretInfo;
}

/**
 * The secret of a node of our tree, else one that the person chooses; undefined = they chose none. What the tree shows
 * may be old, so it is looked up again: refuses with `secret-not-found`.
 */
export async function chooseSecret(
  window: Window,
  argument: unknown,
  title: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<PickedSecret | undefined> {
  const access = await window.unlocked();
  if (argument instanceof SecretNode && !deleted)
    return { context: argument.context, info: await lookUp(access, argument.context, argument.info.name) };
  const given = contextOf(argument);
  const draft: Draft = { context: given, info: undefined };
  const steps = [...(given === undefined ? [contextStep(window, access)] : []), secretStep(access, deleted)];
  if (!(await askInSteps(title, draft, () => steps))) return undefined;
  return { context: draft.context!, info: draft.info! };
}

/** The context of a node of our own tree. Whoever else calls a command with an argument has made none. */
export function contextOf(argument: unknown): Context | undefined {
  return argument instanceof EnvironmentNode || argument instanceof SecretNode ? argument.context : undefined;
}

export async function lookUp(access: VaultAccess, context: Context, name: SecretName): Promise<SecretInfo> {
  const info = (await access.list(context)).find((secret) => secret.name === name);
  if (info !== undefined) return info;
  throw windowError(
    "secret-not-found",
    vscode.l10n.t("There is no {0} any more. Refresh the list.", `${formatContext(context)}/${name}`),
  );
}

interface Draft {
  context: Context | undefined;
  info: SecretInfo | undefined;
}

function contextStep(window: Window, access: VaultAccess): Step<Draft> {
  return async (draft, position) => {
    const answer = await askContext(window, access, position, { before: draft.context });
    if (typeof answer === "object" && answer.value !== "new") draft.context = answer.value;
    return answer;
  };
}

function secretStep(access: VaultAccess, deleted: boolean): Step<Draft> {
  return async (draft, position) => {
    const context = draft.context!; // asked before
    const secrets = await access.list(context, { deleted });
    if (secrets.length === 0) {
      const place = formatContext(context);
      const none = deleted ? vscode.l10n.t("{0} has no deleted secrets.", place) : undefined;
      void vscode.window.showInformationMessage(none ?? vscode.l10n.t("{0} has no secrets. Create one first.", place));
      return undefined;
    }
    const choices = secrets.map((info) => {
      const row = secretRow(info, Date.now());
      return {
        label: row.name,
        description: rowDescription(row),
        ...(row.description === "" ? {} : { detail: row.description }),
        iconPath: new vscode.ThemeIcon(row.icon.id),
        value: info,
      };
    });
    const answer = await askChoice(position, vscode.l10n.t("Choose a secret of {0}", formatContext(context)), choices);
    if (typeof answer === "object") draft.info = answer.value;
    return answer;
  };
}
