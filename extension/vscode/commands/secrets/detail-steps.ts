import * as vscode from "vscode";
import { type Answer, askText, type Position } from "./steps.ts";
import { asWords } from "./value-checks.ts";

export interface DetailDraft {
  description: string;
  tags: readonly string[];
  /** So that the value is not written into its own description by mistake. */
  readonly value?: Uint8Array | undefined;
}

export async function descriptionStep(draft: DetailDraft, position: Position): Promise<Answer<string>> {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("What is it for? Agents may read this. Leave it empty to go on."),
    value: draft.description,
    problem: (text) => problemOf(draft, text, [...text].length > 1000),
  });
  if (typeof answer === "object") draft.description = answer.value.trim();
  return answer;
}

export async function tagsStep(draft: DetailDraft, position: Position): Promise<Answer<string>> {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("Tags, with commas between them. Agents may read these too. Leave it empty to go on."),
    placeholder: "billing, team-a",
    value: draft.tags.join(", "),
    problem: (text) => {
      const tags = asWords(text);
      return problemOf(draft, text, tags.length > 32 || tags.some((tag) => [...tag].length > 64));
    },
  });
  if (typeof answer === "object") draft.tags = asWords(answer.value);
  return answer;
}

function problemOf({ value }: DetailDraft, text: string, isTooLong: boolean): string | undefined {
  if (isTooLong)
    return vscode.l10n.t("That is too much: a description has 1,000 characters, and there are 32 tags of 64.");
  const holdsValue =
    value !== undefined &&
    value.length >= 6 &&
    Buffer.from(text, "utf8").includes(Buffer.from(value.buffer, value.byteOffset, value.length));
  return holdsValue
    ? vscode.l10n.t("This holds the value itself, which agents would read here. Leave it out.")
    : undefined;
}
