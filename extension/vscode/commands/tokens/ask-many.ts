import * as vscode from "vscode";
import type { Choice, Position } from "../secrets/steps.ts";

/** A first question with several answers, one at least. undefined = the person gave up. */
export function askMany<T>(
  { title, at, of }: Position,
  placeholder: string,
  choices: readonly Choice<T>[],
  preselected: readonly T[],
): Promise<{ readonly value: readonly T[] } | undefined> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<Choice<T>>();
    Object.assign(list, { title: `OpaqueVault: ${title}`, step: at, totalSteps: of, placeholder });
    list.ignoreFocusOut = true;
    list.canSelectMany = true;
    list.items = choices;
    list.selectedItems = choices.filter(({ value }) => preselected.includes(value));
    let answer: { readonly value: readonly T[] } | undefined;
    list.onDidAccept(() => {
      if (list.selectedItems.length === 0) return;
      answer = { value: list.selectedItems.map(({ value }) => value) };
      list.hide();
    });
    list.onDidHide(() => {
      list.dispose();
      resolve(answer);
    });
    list.show();
  });
}
