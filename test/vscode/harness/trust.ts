import type { EditorWindow } from "./editor-window.ts";
import { runCommand } from "./quick-input.ts";

/** Whether VS Code holds this window in restricted mode. Only with `workspaceTrust`. */
export async function isRestricted(window: EditorWindow): Promise<boolean> {
  return !(await window.inHost((vscode) => vscode.workspace.isTrusted));
}

/** Trusts the window's folder, as a person does in the editor of workspace trust. */
export async function trustFolder(window: EditorWindow): Promise<void> {
  await runCommand(window, "Workspaces: Manage Workspace Trust");
  await window.step("trust the folder", async () => {
    const editor = window.page.locator(".workspace-trust-editor");
    await editor.locator(".monaco-button", { hasText: /^Trust$/ }).click();
    await editor.getByText("You trust this folder").waitFor();
  });
}
