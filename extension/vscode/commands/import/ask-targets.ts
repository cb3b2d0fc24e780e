import * as vscode from "vscode";
import type { FilePlace } from "#core/import/incoming.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { type Context, isProduction, parseContext } from "#core/vault/context.ts";
import { contextOf } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { secretCount } from "../../words/counts.ts";
import { type ContextDraft, contextSteps } from "../secrets/context-steps.ts";
import { askChoice, askInSteps, askMany, type Step } from "../secrets/steps.ts";

export interface TargetQuestion {
  readonly title: string;
  readonly places: readonly FilePlace[];
  /** That of the command: a node of our own tree says where a single place goes. */
  readonly argument: unknown;
  /** The places of an export of ours are environments. */
  readonly kind: "export" | "other";
}

/**
 * Asks which places of a file are imported, and where each goes: production is never poured in beside development unasked.
 * undefined = the person gave up.
 */
export async function askTargets(
  window: Window,
  access: VaultAccess,
  { title, places, argument, kind }: TargetQuestion,
): Promise<((place: FilePlace) => Context | undefined) | undefined> {
  const given = contextOf(argument);
  const draft: Draft = { chosen: places, isSame: kind === "export", targets: new Map() };
  for (const place of places) draft.targets.set(place, targetOf(place, kind));
  const stepsOf = ({ chosen, isSame }: Draft): readonly Step<Draft>[] => [
    ...(places.length > 1 ? [placesStep(places)] : []),
    ...(chosen.length > 1 && kind === "export" ? [sameStep] : []),
    ...(chosen.length === 1 && given !== undefined
      ? []
      : chosen.length > 1 && isSame
        ? []
        : eachStep(window, access)(draft)),
  ];
  if (!(await askInSteps(title, draft, stepsOf))) return undefined;
  return (place) => {
    if (!draft.chosen.includes(place)) return undefined;
    return draft.chosen.length === 1 && given !== undefined ? given : draft.targets.get(place)?.context;
  };
}

interface Draft {
  chosen: readonly FilePlace[];
  /** Each environment of an export goes into the one of its name. */
  isSame: boolean;
  readonly targets: Map<FilePlace, ContextDraft>;
}

function targetOf({ group }: FilePlace, kind: TargetQuestion["kind"]): ContextDraft {
  if (kind === "other") return { context: undefined, isNewContext: false };
  const own = parseContext(group!); // an environment
  return { context: own, isNewContext: false, suggested: own };
}

function placesStep(places: readonly FilePlace[]): Step<Draft> {
  return async (draft, position) => {
    const choices = places.map((place) => ({
      label: nameOf(place),
      description: secretCount(place.drafts.length),
      iconPath: new vscode.ThemeIcon("folder"),
      value: place,
    }));
    const question = vscode.l10n.t("The file holds several places. Choose which of them to import");
    const answer = await askMany(position, question, choices, draft.chosen);
    if (typeof answer === "object") draft.chosen = answer.value;
    return answer;
  };
}

const sameStep: Step<Draft> = async (draft, position) => {
  const production = draft.chosen.map(({ group }) => group!).filter((group) => isProduction(parseContext(group)));
  const choices = [
    {
      label: vscode.l10n.t("Environments of the Same Names"),
      description: production.length === 0 ? "" : vscode.l10n.t("with production: {0}", production.join(", ")),
      iconPath: new vscode.ThemeIcon("check-all"),
      value: true,
    },
    {
      label: vscode.l10n.t("Choose for Each One …"),
      iconPath: new vscode.ThemeIcon("list-selection"),
      value: false,
    },
  ];
  const answer = await askChoice(position, vscode.l10n.t("Where do they go?"), choices, draft.isSame);
  if (typeof answer === "object") draft.isSame = answer.value;
  return answer;
};

/** A question for each place, in the words of the file; two where its environment is to be named. */
function eachStep(window: Window, access: VaultAccess): (draft: Draft) => readonly Step<Draft>[] {
  return ({ chosen, targets }) =>
    chosen.flatMap((place) => {
      const target = targets.get(place)!; // each place has one
      const question =
        place.group === undefined && chosen.length === 1
          ? undefined
          : vscode.l10n.t("Choose an environment for {0}", nameOf(place));
      const steps = contextSteps(window, access, target, question);
      return steps.map(
        (step): Step<Draft> =>
          (_, position) =>
            step(target, position),
      );
    });
}

/** What the file calls it. */
function nameOf({ group }: FilePlace): string {
  return group === undefined ? vscode.l10n.t("what is in no place") : stillVisible(group);
}
