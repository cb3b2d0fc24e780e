import * as vscode from "vscode";
import type { Window } from "../../window.ts";
import { windowClipboard } from "../secrets/window-clipboard.ts";

/**
 * Shows a text that opens secrets to whoever has it: once, and in a modal dialog, which no other extension reads. Only
 * the person's Copy puts it on the clipboard, for as long as a value.
 */
export async function showOnce(window: Window, title: string, text: string, detail: string): Promise<void> {
  const copy = { title: vscode.l10n.t("Copy") };
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  const options = { modal: true, detail: `${text}\n\n${detail}` };
  if ((await vscode.window.showInformationMessage(title, options, copy, close)) !== copy) return;
  await windowClipboard(window).copy(text);
  void vscode.window.showInformationMessage(
    vscode.l10n.t("Copied, for 30 seconds. A clipboard history may keep it for longer."),
  );
}
