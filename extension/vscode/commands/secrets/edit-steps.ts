import * as vscode from "vscode";
import type { SecretDraft, SecretInfo } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { requireSecretName, type SecretName } from "#core/vault/context.ts";
import { refusalOf } from "../../words/error-text.ts";
import { descriptionStep, tagsStep } from "./detail-steps.ts";
import { type GuardDraft, hostsStep, newGuardDraft, placeholderSteps, placesOf } from "./guard-steps.ts";
import { type Answer, askText, type Position, type Step } from "./steps.ts";

export type Change = "value" | "name" | "description" | "tags" | "rotation" | "hosts" | "placeholder" | "canary";

/** A secret's details while a person changes one of them. */
export interface EditDraft extends GuardDraft {
  change: Change | undefined;
  name: SecretName;
  description: string;
  tags: readonly string[];
  rotateAfterDays: number | undefined;
}

export function newEditDraft(info: SecretInfo): EditDraft {
  const { name, description, tags, rotateAfterDays } = info;
  return { ...newGuardDraft(info), change: undefined, name, description, tags, rotateAfterDays };
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
    steps: placeholderSteps,
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
