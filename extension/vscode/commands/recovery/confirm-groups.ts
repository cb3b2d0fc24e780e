import * as vscode from "vscode";
import { askTwoGroups } from "#core/recovery/asked-groups.ts";
import { askLine } from "../../ask-person.ts";

/** Two groups of what is on paper, typed again: a mistake there is found now. false = the person gave up, or `locked` aborted. */
export async function confirmGroups(title: string, code: string, locked: AbortSignal): Promise<boolean> {
  for (const [index, group] of askTwoGroups(code).entries()) {
    const typed = await askLine(
      {
        title,
        prompt: vscode.l10n.t("Group {0} of {1}, from the paper", group.at, group.of),
        hidden: true,
        step: { at: index + 1, of: 2 },
        problem: (text) =>
          group.isRight(text)
            ? undefined
            : vscode.l10n.t("Group {0} is another one. Look again at the paper.", group.at),
      },
      locked,
    );
    if (typed === undefined) return false;
  }
  return true;
}
