import * as vscode from "vscode";
import { DEFAULT_PLACES } from "#core/run/placeholder/place.ts";
import { requireAllowedHosts, requirePlaces } from "#core/run/placeholder/require-rule.ts";
import type { SecretDraft, SecretInfo } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { requireSecretName, type SecretName } from "#core/vault/context.ts";
import { descriptionStep, tagsStep } from "./detail-steps.ts";
import { type Answer, askChoice, askText, type Position, type Step } from "./steps.ts";
import { asWords, refusalOf } from "./value-checks.ts";

export type Change = "value" | "name" | "description" | "tags" | "rotation" | "hosts" | "placeholder" | "canary";

/** A secret's details while a person changes one of them. */
export interface EditDraft {
  readonly before: SecretInfo;
  change: Change | undefined;
  name: SecretName;
  description: string;
  tags: readonly string[];
  rotateAfterDays: number | undefined;
  allowedHosts: readonly string[];
  /** "named": those of `places`, which are asked for. */
  placeholder: "off" | "usual" | "named";
  places: readonly string[];
}

export function newEditDraft(info: SecretInfo): EditDraft {
  return {
    ...{ before: info, change: undefined, name: info.name, description: info.description, tags: info.tags },
    ...{ rotateAfterDays: info.rotateAfterDays, allowedHosts: info.allowedHosts },
    ...{ placeholder: info.placeholder === undefined ? "off" : "named", places: info.placeholder ?? DEFAULT_PLACES },
  };
}

interface Shown {
  readonly label: string;
  readonly icon: string;
  /** What it is at present. */
  readonly now: string;
}

interface ChangeKind {
  shown(info: SecretInfo): Shown;
  steps(draft: EditDraft): readonly Step<EditDraft>[];
  draftOf(draft: EditDraft): Omit<SecretDraft, "name">;
}

/** What can change. Of a value, a name and a decoy more is asked than a detail. */
export const CHANGES: Readonly<Record<Change, ChangeKind>> = {
  value: {
    shown: ({ version }) => ({
      label: vscode.l10n.t("Value"),
      icon: "key",
      now: vscode.l10n.t("version {0}", version),
    }),
    steps: () => [],
    draftOf: () => ({}),
  },
  name: {
    shown: ({ name }) => ({ label: vscode.l10n.t("Name"), icon: "symbol-variable", now: name }),
    steps: () => [nameStep],
    draftOf: () => ({}),
  },
  description: {
    shown: ({ description }) => ({ label: vscode.l10n.t("Description"), icon: "note", now: stillVisible(description) }),
    steps: () => [descriptionStep],
    draftOf: ({ description }) => ({ description }),
  },
  tags: {
    shown: ({ tags }) => ({ label: vscode.l10n.t("Tags"), icon: "tag", now: stillVisible(tags.join(", ")) }),
    steps: () => [tagsStep],
    draftOf: ({ tags }) => ({ tags }),
  },
  rotation: {
    shown: ({ rotateAfterDays: days }) => ({
      label: vscode.l10n.t("Rotation"),
      icon: "calendar",
      now: days === undefined ? vscode.l10n.t("never due") : vscode.l10n.t("due after {0} days", days),
    }),
    steps: () => [rotationStep],
    draftOf: ({ rotateAfterDays }) => ({ rotateAfterDays: rotateAfterDays ?? null }),
  },
  hosts: {
    shown: ({ allowedHosts }) => ({
      label: vscode.l10n.t("Allowed Hosts"),
      icon: "globe",
      now: allowedHosts.length === 0 ? vscode.l10n.t("none named") : allowedHosts.join(", "),
    }),
    steps: () => [hostsStep],
    draftOf: ({ allowedHosts }) => ({ allowedHosts }),
  },
  placeholder: {
    shown: ({ placeholder }) => ({
      label: vscode.l10n.t("Placeholder Mode"),
      icon: "replace",
      now: placeholder === undefined ? vscode.l10n.t("off: programs get the value") : placeholder.join(", "),
    }),
    steps: ({ placeholder, before }) => [
      modeStep,
      ...(placeholder === "named" ? [placesStep] : []),
      // In placeholder mode a value without a host would go nowhere.
      ...(placeholder !== "off" && before.allowedHosts.length === 0 ? [hostsStep] : []),
    ],
    draftOf: (draft) => ({
      placeholder: placesOf(draft),
      ...(draft.placeholder !== "off" ? { allowedHosts: draft.allowedHosts } : {}),
    }),
  },
  canary: {
    shown: () => ({ label: vscode.l10n.t("Make It a Decoy …"), icon: "bug", now: vscode.l10n.t("to show misuse") }),
    steps: () => [],
    draftOf: () => ({ canary: true }),
  },
};

function placesOf({ placeholder, places }: EditDraft): readonly string[] | null {
  switch (placeholder) {
    case "off":
      return null;
    case "usual":
      return DEFAULT_PLACES;
    case "named":
      return places;
  }
}

async function nameStep(draft: EditDraft, position: Position): Promise<Answer<string>> {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("The new name. Its value, details and history stay."),
    value: draft.name,
    problem: (text) => refusalOf(() => requireSecretName(text.trim())),
  });
  if (typeof answer === "object") draft.name = requireSecretName(answer.value.trim());
  return answer;
}

async function rotationStep(draft: EditDraft, position: Position): Promise<Answer<string>> {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("Days after which a new value is due. Empty: never."),
    placeholder: "90",
    value: draft.rotateAfterDays === undefined ? "" : String(draft.rotateAfterDays),
    problem: (text) =>
      text.trim() === "" || isDays(text) ? undefined : vscode.l10n.t("Use 1 to 3650 days, or leave it empty."),
  });
  if (typeof answer === "object") draft.rotateAfterDays = isDays(answer.value) ? Number(answer.value) : undefined;
  return answer;
}

function isDays(text: string): boolean {
  return /^\s*[1-9]\d{0,3}\s*$/.test(text) && Number(text) <= 3650;
}

async function hostsStep(draft: EditDraft, position: Position): Promise<Answer<string>> {
  const isNeeded = draft.change === "placeholder";
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

async function modeStep(draft: EditDraft, position: Position): Promise<Answer<EditDraft["placeholder"]>> {
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

async function placesStep(draft: EditDraft, position: Position): Promise<Answer<string>> {
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
