import { basename } from "node:path";
import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { asContextName, type Context, parseContext } from "#core/vault/context.ts";
import { askContext } from "../../pick-context.ts";
import type { Window } from "../../window.ts";
import { refusalOf } from "../../words/error-text.ts";
import { askText, type Step } from "./steps.ts";

export interface ContextDraft {
  context: Context | undefined;
  isNewContext: boolean;
  /** Where it belongs by what is known of it, if that is known. */
  readonly suggested?: Context;
}

/** The questions for where something is stored, which may be an environment that is not there yet. */
export function contextSteps<D extends ContextDraft>(
  window: Window,
  access: VaultAccess,
  { isNewContext }: D,
  question?: string,
): readonly Step<D>[] {
  return [contextStep(window, access, question), ...(isNewContext ? [newContextStep(window)] : [])];
}

function contextStep(window: Window, access: VaultAccess, question: string | undefined): Step<ContextDraft> {
  return async (draft, position) => {
    const answer = await askContext(window, access, position, {
      ...{ canMake: true, before: draft.context, suggested: draft.suggested },
      ...(question === undefined ? {} : { question }),
    });
    if (typeof answer === "object") {
      draft.isNewContext = answer.value === "new";
      if (answer.value !== "new") draft.context = answer.value;
    }
    return answer;
  };
}

function newContextStep(window: Window): Step<ContextDraft> {
  return async (draft, position) => {
    const folder = asContextName(basename(window.context.folder)) ?? "app";
    const answer = await askText(position, {
      prompt: vscode.l10n.t("Name the app and its environment, as app/environment"),
      value: `${folder}/development`,
      problem: (text) => refusalOf(() => parseContext(text.trim())),
    });
    if (typeof answer === "object") draft.context = parseContext(answer.value.trim());
    return answer;
  };
}
