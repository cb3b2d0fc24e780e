import * as vscode from "vscode";
import { type Answer, type Choice, dress, type Position, withPlainText } from "./steps.ts";

/** A question with several answers, `least` at least. */
export function askMany<T>(
  position: Position,
  placeholder: string,
  choices: readonly Choice<T>[],
  preselected: readonly T[],
  least = 1,
): Promise<Answer<readonly T[]>> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<Choice<T>>();
    dress(list, position);
    list.placeholder = placeholder;
    list.canSelectMany = true;
    list.matchOnDescription = true;
    list.items = choices.map(withPlainText);
    list.selectedItems = list.items.filter(({ value }) => preselected.includes(value));
    let answer: Answer<readonly T[]>;
    list.onDidAccept(() => {
      if (list.selectedItems.length < least) return;
      answer = { value: list.selectedItems.map(({ value }) => value) };
      list.hide();
    });
    list.onDidTriggerButton(() => {
      answer = "back";
      list.hide();
    });
    list.onDidHide(() => {
      list.dispose();
      resolve(answer);
    });
    list.show();
  });
}
