import * as vscode from "vscode";
import { generateValue } from "#mcp/generate-value.ts";
import { GENERATED_KINDS, type GeneratedKind, KIND_NAMES } from "./generated-kinds.ts";
import { type Answer, askChoice, type Position, type Step } from "./steps.ts";

export interface GenerateDraft {
  kind: GeneratedKind;
  length: number | undefined;
}

/** The questions for a value that nobody will have seen. */
export function generateSteps({ kind }: GenerateDraft): readonly Step<GenerateDraft>[] {
  return GENERATED_KINDS[kind].lengths.length === 0 ? [kindStep] : [kindStep, lengthStep];
}

/** The value that was asked for. A long RSA key takes seconds. */
export async function generated({ kind, length }: GenerateDraft): Promise<Uint8Array> {
  const title = vscode.l10n.t("Generating a value …");
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    generateValue({ ...GENERATED_KINDS[kind].options, length }),
  );
}

async function kindStep(draft: GenerateDraft, position: Position): Promise<Answer<GeneratedKind>> {
  const choices = KIND_NAMES.map((value) => ({ ...KIND_TEXT()[value], value }));
  const answer = await askChoice(position, vscode.l10n.t("What kind of value?"), choices, draft.kind);
  if (typeof answer === "object") {
    draft.kind = answer.value;
    draft.length = undefined;
  }
  return answer;
}

async function lengthStep(draft: GenerateDraft, position: Position): Promise<Answer<number>> {
  const { options, lengths } = GENERATED_KINDS[draft.kind];
  const unit = (length: number): string => {
    if (options.format === "rsa") return vscode.l10n.t("{0} bits", length);
    return options.format === "text" ? vscode.l10n.t("{0} characters", length) : vscode.l10n.t("{0} bytes", length);
  };
  const choices = lengths.map((value, index) => ({
    label: unit(value),
    ...(index === 0 ? { description: vscode.l10n.t("usual") } : {}),
    value,
  }));
  const answer = await askChoice(position, vscode.l10n.t("How long?"), choices, draft.length);
  if (typeof answer === "object") draft.length = answer.value;
  return answer;
}

const KIND_TEXT = (): Readonly<Record<GeneratedKind, { readonly label: string; readonly description?: string }>> => ({
  alphanumeric: { label: vscode.l10n.t("Letters and Digits") },
  symbols: {
    label: vscode.l10n.t("Letters, Digits and Symbols"),
    description: vscode.l10n.t("none that a shell or a URL takes for its own"),
  },
  readable: { label: vscode.l10n.t("Easy to Read"), description: vscode.l10n.t("without 0 O, 1 l I") },
  letters: { label: vscode.l10n.t("Letters") },
  digits: { label: vscode.l10n.t("Digits") },
  uuid: { label: "UUID", description: vscode.l10n.t("version 4") },
  hex: { label: "Hex", description: vscode.l10n.t("random bytes") },
  base64: { label: "Base64", description: vscode.l10n.t("random bytes") },
  base64url: { label: "Base64url", description: vscode.l10n.t("random bytes") },
  ed25519: { label: "Ed25519", description: vscode.l10n.t("private key in PEM, for signatures") },
  p256: { label: "ECDSA P-256", description: vscode.l10n.t("private key in PEM, for signatures") },
  rsa: { label: "RSA", description: vscode.l10n.t("private key in PEM") },
});
