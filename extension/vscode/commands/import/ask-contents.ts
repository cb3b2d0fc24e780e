import * as vscode from "vscode";
import type { LeftOut } from "#core/import/found-secret.ts";
import { type Named, type NamedSecret, twinsOf } from "#core/import/name-secrets.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { byteCount } from "../../words/counts.ts";
import { askChoice, askInSteps, type Step } from "../secrets/steps.ts";

export interface Contents {
  readonly named: Named;
  readonly withDescriptions: boolean;
}

/**
 * What of a file is meant: which of two entries that would have one name, and whether its comments are taken, which agents
 * can read then. undefined = the person gave up.
 */
export async function askContents(title: string, named: Named): Promise<Contents | undefined> {
  const twins = twinsOf(named);
  const comments = named.secrets.filter(({ description }) => description !== undefined).length;
  const draft: Draft = { taken: [], withDescriptions: false };
  const steps = [...twins.map(twinStep), ...(comments === 0 ? [] : [commentStep(comments)])];
  if (!(await askInSteps(title, draft, () => steps))) return undefined;
  const dropped = new Set(twins.flatMap((both, index) => both.filter((secret) => secret !== draft.taken[index])));
  const secrets = named.secrets.filter((secret) => !dropped.has(secret));
  const left = [...dropped].map(({ from }): LeftOut => ({ from, reason: "another entry of this name is taken" }));
  return {
    named: { ...named, secrets, left: [...named.left, ...left] },
    withDescriptions: draft.withDescriptions,
  };
}

interface Draft {
  /** Of each twins, the one that is imported. */
  taken: NamedSecret[];
  withDescriptions: boolean;
}

function twinStep(twins: readonly NamedSecret[], index: number): Step<Draft> {
  return async (draft, position) => {
    const question = vscode.l10n.t("{0} entries would be named {1}. Which one is it?", twins.length, twins[0]!.name);
    const choices = twins.map((secret) => ({
      label: stillVisible(secret.from),
      description: byteCount(secret.value.length),
      iconPath: new vscode.ThemeIcon("key"),
      value: secret,
    }));
    const answer = await askChoice(position, question, choices, draft.taken[index]);
    if (typeof answer === "object") draft.taken[index] = answer.value;
    return answer;
  };
}

function commentStep(comments: number): Step<Draft> {
  return async (draft, position) => {
    const question = vscode.l10n.t(
      "The file has comments on its entries: {0}. Agents can read descriptions.",
      comments,
    );
    const choices = [
      {
        label: vscode.l10n.t("Leave the Comments Out"),
        iconPath: new vscode.ThemeIcon("circle-slash"),
        value: false,
      },
      {
        label: vscode.l10n.t("Take Them as Descriptions"),
        iconPath: new vscode.ThemeIcon("comment"),
        value: true,
      },
    ];
    const answer = await askChoice(position, question, choices, draft.withDescriptions);
    if (typeof answer === "object") draft.withDescriptions = answer.value;
    return answer;
  };
}
