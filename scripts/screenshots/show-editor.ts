import { unlock } from "../../test/vscode/harness/agent.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { openQuickFix } from "../../test/vscode/harness/quick-fix.ts";
import { openContainer, treeRow } from "../../test/vscode/harness/tree.ts";

/** Opens a file of the window's folder. */
export async function openFile(window: EditorWindow, name: string): Promise<void> {
  await window.inHost(async (vscode, file) => {
    const [folder] = vscode.workspace.workspaceFolders!;
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder!.uri, file));
  }, name);
}

export async function showHint(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await openFile(window, "charge.js");
  await window.page.locator(".codelens-decoration a", { hasText: "Move to OpaqueVault" }).first().waitFor();
}

export async function showQuickFix(window: EditorWindow): Promise<void> {
  await showHint(window);
  await window.page.locator(".monaco-editor .view-line", { hasText: "sk_live" }).click();
  await openQuickFix(window, "Move to OpaqueVault");
}

export async function showCompletion(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await treeRow(window, "Secrets", "dev");
  await openFile(window, ".ov.yaml");
  await window.page.locator(".monaco-editor .view-line").last().click();
  await window.page.keyboard.press("Control+End");
  await window.page.keyboard.type("secrets:\n  - ");
  await window.page.keyboard.press("Control+Space");
  await window.page.locator(".suggest-widget .monaco-list-row", { hasText: "STRIPE_KEY" }).waitFor();
}
