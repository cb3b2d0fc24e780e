import * as vscode from "vscode";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, parseContext, requireContext, type SecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { type Answer, askChoice, askInSteps, type Choice, type Position, type Step } from "./commands/secrets/steps.ts";
import { EnvironmentNode, SecretNode } from "./tree/nodes.ts";
import { secretRow } from "./tree/row.ts";
import { rowDescription } from "./tree/row-texts.ts";
import type { Window } from "./window.ts";

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
  throw new VaultError(
    "secret-not-found",
    vscode.l10n.t("There is no {0} any more. Refresh the list.", `${formatContext(context)}/${name}`),
  );
}

/**
 * Asks for an environment, that of this window first. With `canMake` also for one that the vault doesn't hold yet: the
 * window's own, or "new", which the person names next.
 */
export async function askContext(
  window: Window,
  access: VaultAccess,
  position: Position,
  { canMake = false, before }: { readonly canMake?: boolean; readonly before?: Context | undefined } = {},
): Promise<Answer<Context | "new">> {
  const active = await window.context.label();
  const choices: Choice<Context | "new">[] = (await access.apps()).flatMap(({ app, environments }) =>
    environments.map(({ environment, secrets, production }) => {
      const context = requireContext(app, environment);
      const count = secrets === 1 ? vscode.l10n.t("1 secret") : vscode.l10n.t("{0} secrets", secrets);
      return choice(context, active, [count, ...(production ? [vscode.l10n.t("production")] : [])]);
    }),
  );
  if (canMake && active !== undefined && !choices.some(({ label }) => label === active))
    choices.push(choice(parseContext(active), active, [vscode.l10n.t("not in the vault yet")]));
  choices.sort((one, other) => Number(other.label === active) - Number(one.label === active));
  const make = {
    label: vscode.l10n.t("New Environment …"),
    iconPath: new vscode.ThemeIcon("add"),
    value: "new",
  } as const;
  if (canMake) choices.push(make);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The vault has no environment yet. Create a secret, and it gets one."),
    );
    return undefined;
  }
  const same = choices.find(({ label }) => before !== undefined && label === formatContext(before));
  return askChoice(position, vscode.l10n.t("Choose an environment"), choices, same?.value);
}

function choice(context: Context, active: string | undefined, notes: readonly string[]): Choice<Context> {
  const label = formatContext(context);
  const isActive = label === active;
  return {
    label,
    description: [...(isActive ? [vscode.l10n.t("active")] : []), ...notes].join(" · "),
    iconPath: new vscode.ThemeIcon(isActive ? "target" : "folder"),
    value: context,
  };
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
