import * as vscode from "vscode";
import type { FilePlace } from "#core/import/incoming.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { type Context, formatContext, isProduction, parseContext } from "#core/vault/context.ts";
import { contextOf } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { secretCount } from "../../words/counts.ts";
import { askMany } from "../secrets/ask-many.ts";
import { type ContextDraft, contextSteps } from "../secrets/context-steps.ts";
import { askChoice, askInSteps, type Step } from "../secrets/steps.ts";

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
  for (const place of places) draft.targets.set(place, firstTarget(place, kind));
  const stepsOf = (now: Draft): readonly Step<Draft>[] => [
    ...(places.length > 1 ? [placesStep(places)] : []),
    ...(now.chosen.length > 1 && kind === "export" ? [sameStep] : []),
    ...(wayOf(now, given) === "asked" ? eachStep(window, access, now) : []),
  ];
  if (!(await askInSteps(title, draft, stepsOf))) return undefined;
  return (place) => {
    if (!draft.chosen.includes(place)) return undefined;
    switch (wayOf(draft, given)) {
      case "given":
        return given;
      case "same":
        return ownContext(place);
      case "asked":
        return draft.targets.get(place)?.context;
    }
  };
}

interface Draft {
  chosen: readonly FilePlace[];
  /** Each environment of an export goes into the one of its name. */
  isSame: boolean;
  readonly targets: Map<FilePlace, ContextDraft>;
}

/** Whence it is known where the places go. */
function wayOf({ chosen, isSame }: Draft, given: Context | undefined): "given" | "same" | "asked" {
  if (chosen.length > 1) return isSame ? "same" : "asked";
  return given === undefined ? "asked" : "given";
}

function firstTarget(place: FilePlace, kind: TargetQuestion["kind"]): ContextDraft {
  if (kind === "other") return { context: undefined, isNewContext: false };
  const own = ownContext(place);
  return { context: own, isNewContext: false, suggested: own };
}

/** Of an export: its places are named like their environments. */
function ownContext({ group }: FilePlace): Context {
  return parseContext(group!);
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
  const production = draft.chosen.map(ownContext).filter(isProduction).map(formatContext);
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
function eachStep(window: Window, access: VaultAccess, { chosen, targets }: Draft): readonly Step<Draft>[] {
  return chosen.flatMap((place) => {
    const target = targets.get(place)!; // each place has one
    const isOnly = place.group === undefined && chosen.length === 1;
    const question = isOnly ? undefined : vscode.l10n.t("Choose an environment for {0}", nameOf(place));
    const ask = (step: Step<ContextDraft>): Step<Draft> => {
      return (_, position) => step(target, position);
    };
    return contextSteps(window, access, target, question).map(ask);
  });
}

/** What the file calls it. */
function nameOf({ group }: FilePlace): string {
  return group === undefined ? vscode.l10n.t("what is in no place") : stillVisible(group);
}
