import { realpath } from "node:fs/promises";
import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { importedValue } from "#mcp/imported-value.ts";
import type { Window } from "../../window.ts";
import { type GenerateDraft, generated, generateSteps } from "./generate-steps.ts";
import { type Answer, askChoice, askText, type Choice, type Position, type Step } from "./steps.ts";
import { lineCount, MAX_VALUE_BYTES, typedProblem, typedWarning, withoutOwnLineEnd } from "./value-checks.ts";
import { windowClipboard } from "./window-clipboard.ts";

/** program = one of the person's own makes it, which only a rotation offers. */
export type HowToGet = "type" | "clipboard" | "generate" | "file" | "program";

/** What is known of a new value while a person is asked for it. */
export interface ValueDraft extends GenerateDraft {
  how: HowToGet | undefined;
  readonly canUseProgram?: true;
  /** The caller wipes it. A value to be generated is none yet. */
  value: Uint8Array | undefined;
}

export function newValueDraft(how?: HowToGet): ValueDraft {
  return { how, kind: "alphanumeric", length: undefined, value: undefined };
}

/** The questions for a new value; `whose` is its place, as the person reads it. With `how` given, that isn't asked. */
export function valueSteps<D extends ValueDraft>(
  draft: D,
  whose: (draft: D) => string,
  isHowGiven: boolean,
): readonly Step<D>[] {
  return [...(isHowGiven ? [] : [howStep]), ...stepsFor(draft, whose)];
}

function stepsFor<D extends ValueDraft>(draft: D, whose: (draft: D) => string): readonly Step<D>[] {
  switch (draft.how) {
    case undefined:
    case "program":
      return [];
    case "type":
      return [typeStep(whose)];
    case "clipboard":
      return [clipboardStep];
    case "file":
      return [fileStep];
    case "generate":
      return generateSteps(draft);
  }
}

/** The value that the questions led to. Call it after the last one. */
export async function takeValue(window: Window, draft: ValueDraft): Promise<Uint8Array> {
  if (draft.how === "clipboard" && draft.value !== undefined) windowClipboard(window).clearSoon(draft.value);
  if (draft.value !== undefined) return draft.value;
  draft.value = await generated(draft);
  return draft.value;
}

async function howStep(draft: ValueDraft, position: Position): Promise<Answer<HowToGet>> {
  const choices: readonly Choice<HowToGet>[] = [
    ...howChoices(),
    ...(draft.canUseProgram
      ? [
          {
            label: vscode.l10n.t("By a Program …"),
            description: vscode.l10n.t("makes it at its source, and revokes the old one there"),
            iconPath: new vscode.ThemeIcon("terminal"),
            value: "program",
          } as const,
        ]
      : []),
  ];
  const answer = await askChoice(position, vscode.l10n.t("Where does the value come from?"), choices, draft.how);
  if (typeof answer === "object") {
    keep(draft, undefined);
    draft.how = answer.value;
  }
  return answer;
}

function howChoices() {
  const icon = (id: string) => ({ iconPath: new vscode.ThemeIcon(id) });
  return [
    {
      label: vscode.l10n.t("Type It"),
      description: vscode.l10n.t("or paste one line"),
      ...icon("edit"),
      value: "type",
    },
    {
      label: vscode.l10n.t("From the Clipboard"),
      description: vscode.l10n.t("keeps line breaks, as a PEM key needs them"),
      ...icon("clippy"),
      value: "clipboard",
    },
    {
      label: vscode.l10n.t("Generate"),
      description: vscode.l10n.t("random, and shown to nobody"),
      ...icon("sparkle"),
      value: "generate",
    },
    { label: vscode.l10n.t("From a File"), description: vscode.l10n.t("all of it"), ...icon("file"), value: "file" },
  ] as const;
}

function typeStep<D extends ValueDraft>(whose: (draft: D) => string): Step<D> {
  return async (draft, position) => {
    const answer = await askText(position, {
      prompt: vscode.l10n.t(
        "Value of {0}. One line: this box drops line breaks, so take a longer value from the clipboard or a file.",
        whose(draft),
      ),
      hidden: true,
      problem: (text) => PROBLEM()[typedProblem(text) ?? "none"],
      warning: (text) => WARNING()[typedWarning(text) ?? "none"],
    });
    if (typeof answer === "object") keep(draft, Buffer.from(answer.value, "utf8"));
    return answer;
  };
}

/** What is on the clipboard is stored only after a look at its size: a person can't see the value here. */
async function clipboardStep(draft: ValueDraft, position: Position): Promise<Answer<boolean>> {
  const text = withoutOwnLineEnd(await vscode.env.clipboard.readText());
  const problem = PROBLEM()[typedProblem(text) ?? "none"];
  const label = problem === undefined ? vscode.l10n.t("Store This") : vscode.l10n.t("Go Back");
  const description = vscode.l10n.t("{0} characters in {1} lines", [...text].length, lineCount(text));
  const warning = text === "" ? undefined : WARNING()[typedWarning(text) ?? "none"];
  const answer = await askChoice(position, problem ?? vscode.l10n.t("Store what is on the clipboard?"), [
    { label, ...(problem === undefined ? { description } : {}), ...(warning ? { detail: warning } : {}), value: true },
  ]);
  if (typeof answer !== "object") return answer;
  if (problem !== undefined) return "back";
  keep(draft, Buffer.from(text, "utf8"));
  return answer;
}

async function fileStep(draft: ValueDraft): Promise<Answer<true>> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t("Take the value from a file"),
      openLabel: vscode.l10n.t("Take"),
    })) ?? [];
  if (file === undefined) return "back";
  if (file.scheme !== "file") {
    await vscode.window.showErrorMessage(vscode.l10n.t("Choose a file on this machine."));
    return "back";
  }
  keep(draft, await importedValue(await realpath(file.fsPath), undefined));
  return { value: true };
}

function keep(draft: ValueDraft, value: Uint8Array | undefined): void {
  wipe(draft.value);
  draft.value = value;
}

const PROBLEM = () => ({
  none: undefined,
  empty: vscode.l10n.t("A value has at least one character."),
  "too-long": vscode.l10n.t(
    "A value has at most {0} bytes. Keep a larger file elsewhere, encrypted, and its key here.",
    MAX_VALUE_BYTES,
  ),
});

const WARNING = () => ({
  none: undefined,
  weak: vscode.l10n.t("Too short or too common to be hidden in every output. Prefer a longer random value."),
  "outer-space": vscode.l10n.t("It begins or ends with a space or a line break. Is that part of the value?"),
});
