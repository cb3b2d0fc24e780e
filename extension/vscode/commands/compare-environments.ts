import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { ComparedSecret } from "#core/vault/compare-values.ts";
import { type ComparedPair, comparedPair, type PairState } from "#core/vault/compared-pair.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { withPassword } from "../ask-person.ts";
import { askContext } from "../pick-context.ts";
import { EnvironmentNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";
import { askChoice, askInSteps, type Choice, type Step } from "./secrets/steps.ts";

/**
 * Lists the names that differ in two environments or are missing in one, without a value. A name leads to the tree. What
 * is equal is told in lists and dialogs only, after the master password: it tells something of a value.
 */
export async function compareEnvironments(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Compare Environments");
  const access = await window.unlocked();
  if ((await access.apps()).flatMap(({ environments }) => environments).length < 2) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t("This takes two environments, and there are not as many."),
    );
    return;
  }
  const given = argument instanceof EnvironmentNode ? argument.context : undefined;
  const draft: Draft = { a: given, b: undefined };
  const steps = [...(given === undefined ? [firstStep(window, access)] : []), secondStep(window, access)];
  if (!(await askInSteps(title, draft, () => steps))) return;
  const [a, b] = [draft.a!, draft.b!];
  const prompt = vscode.l10n.t("Master password, to compare {0} and {1}", formatContext(a), formatContext(b));
  const compared = await withPassword(title, prompt, (password) => access.compare([a, b], password));
  if (compared !== undefined) await show(window, title, compared, a, b);
}

interface Draft {
  a: Context | undefined;
  b: Context | undefined;
}

function firstStep(window: Window, access: VaultAccess): Step<Draft> {
  return async (draft, position) => {
    const answer = await askContext(window, access, position, { before: draft.a });
    if (typeof answer === "object" && answer.value !== "new") draft.a = answer.value;
    return answer;
  };
}

function secondStep(window: Window, access: VaultAccess): Step<Draft> {
  return async (draft, position) => {
    const first = draft.a!; // asked before
    const question = vscode.l10n.t("Choose what to compare {0} with", formatContext(first));
    const answer = await askContext(window, access, position, { question, except: first });
    if (typeof answer === "object" && answer.value !== "new") draft.b = answer.value;
    return answer;
  };
}

async function show(
  window: Window,
  title: string,
  compared: readonly ComparedSecret[],
  a: Context,
  b: Context,
): Promise<void> {
  const choices = compared
    .map((secret) => ({ name: secret.name, pair: comparedPair(secret, a, b) }))
    .filter(({ pair }) => pair.state !== "same")
    .sort((one, other) => ORDER.indexOf(one.pair.state) - ORDER.indexOf(other.pair.state))
    .map(({ name, pair }): Choice<string> => {
      const icon = new vscode.ThemeIcon(ICON[pair.state]);
      return {
        label: name,
        description: textOf(pair, formatContext(a), formatContext(b)),
        iconPath: icon,
        value: name,
      };
    });
  if (choices.length === 0) return tellSame(compared.length, formatContext(a), formatContext(b));
  const found = vscode.l10n.t(
    "{0} of {1} names differ or are missing. Choose one to see it in the sidebar.",
    choices.length,
    compared.length,
  );
  const answer = await askChoice(
    { title: `${title} ${formatContext(a)} · ${formatContext(b)}`, at: 1, of: 1 },
    found,
    choices,
  );
  if (typeof answer !== "object") return;
  // The filter shows it in every environment that holds it, so both are seen beside each other.
  window.secrets.filter = answer.value;
  await vscode.commands.executeCommand("opaquevault.secrets.focus");
}

async function tellSame(names: number, a: string, b: string): Promise<void> {
  const text =
    names === 0
      ? vscode.l10n.t("Neither {0} nor {1} holds a secret.", a, b)
      : vscode.l10n.t("{0} and {1} hold the same names with the same values.", a, b);
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  await vscode.window.showInformationMessage(text, { modal: true }, close);
}

function textOf(pair: ComparedPair, a: string, b: string): string {
  switch (pair.state) {
    case "differs":
      return vscode.l10n.t("different values, version {0} and {1}", pair.a!.version, pair.b!.version);
    case "only-in-a":
      return vscode.l10n.t("only in {0}", a);
    case "only-in-b":
      return vscode.l10n.t("only in {0}", b);
    case "decoy":
      return vscode.l10n.t("a decoy, which is not compared");
    case "same":
      return vscode.l10n.t("the same value");
  }
}

const ORDER: readonly PairState[] = ["differs", "only-in-a", "only-in-b", "decoy", "same"];

const ICON = {
  differs: "diff-modified",
  "only-in-a": "diff-removed",
  "only-in-b": "diff-added",
  decoy: "diff-ignored",
  same: "check",
} as const satisfies Record<PairState, string>;
