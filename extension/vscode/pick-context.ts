import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, parseContext, requireContext } from "#core/vault/context.ts";
import { type Answer, askChoice, type Choice, type Position } from "./commands/secrets/steps.ts";
import type { Window } from "./window.ts";
import { secretCount } from "./words/counts.ts";

/** Asks for an environment that the vault holds. undefined = the person closed the list. */
export async function pickContext(window: Window, title: string): Promise<Context | undefined> {
  const answer = await askContext(window, await window.unlocked(), { title, at: 1, of: 1 });
  return typeof answer === "object" && answer.value !== "new" ? answer.value : undefined;
}

export interface ContextQuestion {
  /** Also one that the vault doesn't hold yet. */
  readonly canMake?: boolean;
  /** What was answered the last time. */
  readonly before?: Context | undefined;
  /** Is offered too, though the vault may not hold it yet. */
  readonly suggested?: Context | undefined;
  /** Is not offered. */
  readonly except?: Context;
  readonly question?: string;
}

/**
 * Asks for an environment, that of this window first. With `canMake` also for one that the vault doesn't hold yet: the
 * window's own, or "new", which the person names next.
 */
export async function askContext(
  window: Window,
  access: VaultAccess,
  position: Position,
  {
    canMake = false,
    before,
    suggested,
    except,
    question = vscode.l10n.t("Choose an environment"),
  }: ContextQuestion = {},
): Promise<Answer<Context | "new">> {
  const active = await window.context.label();
  const choices: Choice<Context | "new">[] = (await access.apps()).flatMap(({ app, environments }) =>
    environments.map(({ environment, secrets, production }) => {
      const context = requireContext(app, environment);
      return choice(context, active, [secretCount(secrets), ...(production ? [vscode.l10n.t("production")] : [])]);
    }),
  );
  const left = choices.findIndex(({ label }) => except !== undefined && label === formatContext(except));
  if (left >= 0) choices.splice(left, 1);
  const wanted = suggested === undefined ? active : formatContext(suggested);
  for (const label of canMake ? [wanted, active] : [])
    if (label !== undefined && !choices.some((known) => known.label === label))
      choices.push(choice(parseContext(label), active, [vscode.l10n.t("not in the vault yet")]));
  choices.sort((one, other) => Number(other.label === wanted) - Number(one.label === wanted));
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
  return askChoice(position, question, choices, same?.value);
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
