import { join } from "node:path";
import * as vscode from "vscode";
import type { Window } from "../window.ts";

export async function openWalkthrough(window: Window): Promise<void> {
  const id = `${window.extension.extension.id}#opaquevault.start`;
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", id, false);
}

/** The log holds no arguments, output or values, so it may be a document. */
export async function showLog(window: Window): Promise<void> {
  const log = vscode.Uri.file(join(window.own.paths.state, "ov.log"));
  try {
    await vscode.window.showTextDocument(log);
  } catch {
    await vscode.window.showInformationMessage(vscode.l10n.t("The log is empty."));
  }
}
