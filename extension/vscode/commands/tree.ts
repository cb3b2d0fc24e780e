import * as vscode from "vscode";
import type { Window } from "../window.ts";

export async function refresh(window: Window): Promise<void> {
  await window.vault.refresh();
  window.secrets.refresh();
}

export async function clearFilter(window: Window): Promise<void> {
  window.secrets.filter = "";
}

/** The tree follows what is typed. Escape brings back what was there before. */
export async function filter(window: Window): Promise<void> {
  await window.unlocked();
  await vscode.commands.executeCommand("opaquevault.secrets.focus");
  const before = window.secrets.filter;
  const box = vscode.window.createInputBox();
  box.title = `OpaqueVault: ${vscode.l10n.t("Filter Secrets")}`;
  box.prompt = vscode.l10n.t("Words in names, tags and environments");
  box.placeholder = "stripe staging";
  box.value = before;
  let typed: NodeJS.Timeout | undefined;
  box.onDidChangeValue((text) => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      window.secrets.filter = text;
    }, TYPING_MS);
  });
  const accepted = await new Promise<boolean>((resolve) => {
    box.onDidAccept(() => resolve(true));
    box.onDidHide(() => resolve(false));
    box.show();
  });
  clearTimeout(typed);
  window.secrets.filter = accepted ? box.value : before;
  box.dispose();
}

/** A pause in typing, after which it is worth looking. */
const TYPING_MS = 150;
