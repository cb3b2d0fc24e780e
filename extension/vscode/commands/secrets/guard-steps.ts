import * as vscode from "vscode";
import { DEFAULT_PLACES } from "#core/run/placeholder/place.ts";
import { requireAllowedHosts, requirePlaces } from "#core/run/placeholder/require-rule.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { refusalOf } from "../../words/error-text.ts";
import { type Answer, askChoice, askText, type Position, type Step } from "./steps.ts";
import { asWords } from "./value-checks.ts";

/** Who gets a value: its hosts, and in placeholder mode the places of a request. */
export interface GuardDraft {
  readonly before: SecretInfo;
  allowedHosts: readonly string[];
  /** "named": those of `places`, which are asked for. */
  placeholder: "off" | "usual" | "named";
  places: readonly string[];
}

export function newGuardDraft(before: SecretInfo): GuardDraft {
  const { allowedHosts, placeholder } = before;
  const mode = placeholder === undefined ? "off" : "named";
  return { before, allowedHosts, placeholder: mode, places: placeholder ?? DEFAULT_PLACES };
}

export function placeholderSteps({ placeholder, before }: GuardDraft): readonly Step<GuardDraft>[] {
  return [
    modeStep,
    ...(placeholder === "named" ? [placesStep] : []),
    // In placeholder mode a value without a host would go nowhere.
    ...(placeholder !== "off" && before.allowedHosts.length === 0 ? [hostsStep] : []),
  ];
}

/** null = off. */
export function placesOf({ placeholder, places }: GuardDraft): readonly string[] | null {
  switch (placeholder) {
    case "off":
      return null;
    case "usual":
      return DEFAULT_PLACES;
    case "named":
      return places;
  }
}

export async function hostsStep(draft: GuardDraft, position: Position): Promise<Answer<string>> {
  const isNeeded = draft.placeholder !== "off";
  const answer = await askText(position, {
    prompt: vscode.l10n.t("The hosts that the value is meant for, with commas between them"),
    placeholder: "api.example.com, *.example.com",
    value: draft.allowedHosts.join(", "),
    problem: (text) => {
      const hosts = asWords(text);
      if (isNeeded && hosts.length === 0)
        return vscode.l10n.t("In placeholder mode the value goes to named hosts only. Name one.");
      return refusalOf(() => requireAllowedHosts(draft.before.name, hosts));
    },
  });
  if (typeof answer === "object") draft.allowedHosts = asWords(answer.value);
  return answer;
}

async function modeStep(draft: GuardDraft, position: Position): Promise<Answer<GuardDraft["placeholder"]>> {
  const choices = [
    {
      label: vscode.l10n.t("Off"),
      description: vscode.l10n.t("programs get the value itself"),
      value: "off",
    },
    {
      label: vscode.l10n.t("On, in the Usual Places"),
      description: DEFAULT_PLACES.join(", "),
      value: "usual",
    },
    {
      label: vscode.l10n.t("On, in Places That I Name"),
      description: vscode.l10n.t("headers, queries or fields of a request"),
      value: "named",
    },
  ] as const;
  const question = vscode.l10n.t("Programs get a placeholder, and the value is put into requests to its hosts only");
  const answer = await askChoice(position, question, choices, draft.placeholder);
  if (typeof answer === "object") draft.placeholder = answer.value;
  return answer;
}

async function placesStep(draft: GuardDraft, position: Position): Promise<Answer<string>> {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("The places of a request that may hold the value, with commas between them"),
    placeholder: "header:authorization, query:api_key, body:auth.token",
    value: draft.places.join(", "),
    problem: (text) => {
      const places = asWords(text);
      if (places.length === 0) return vscode.l10n.t("Name at least one place.");
      return refusalOf(() => requirePlaces(draft.before.name, places));
    },
  });
  if (typeof answer === "object") draft.places = asWords(answer.value);
  return answer;
}
