import { unlock } from "../../test/vscode/harness/agent.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { readDialog } from "../../test/vscode/harness/messages.ts";
import { pick, readQuickInput, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { openContainer, pressWelcome, readWelcome, treeRow } from "../../test/vscode/harness/tree.ts";
import { showRun } from "./show-terminal.ts";

export async function showWelcome(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await readWelcome(window, "Secrets");
}

export async function showPasswordBox(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await pressWelcome(window, "Secrets", "Create Vault");
  await readQuickInput(window, "Choose a master password");
  await window.page.keyboard.type(PASSWORD);
}

/** The code is that of a vault which is gone a moment later. */
export async function showRecoveryCode(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await pressWelcome(window, "Secrets", "Create Vault");
  await typeInto(window, "Choose a master password", PASSWORD);
  await typeInto(window, "once more", PASSWORD);
  await readDialog(window, "Your recovery code");
}

/** Without the sidebar, beside which VS Code leaves the walkthrough's picture out. */
export async function showWalkthrough(window: EditorWindow): Promise<void> {
  await window.inHost(async (vscode) => {
    await vscode.commands.executeCommand("workbench.action.closeSidebar");
  });
  await runCommand(window, "OpaqueVault: Get Started");
  await window.step("see the walkthrough", () => window.page.getByText("Create a vault", { exact: true }).waitFor());
  await window.page.locator(".getting-started-media img").first().waitFor();
}

export async function showTree(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  // One, so that all rows fit: that of the active context is open by itself.
  await (await treeRow(window, "Secrets", "prod")).first().click();
  await treeRow(window, "Secrets", "MAIL_TOKEN");
}

export async function showMenu(window: EditorWindow): Promise<void> {
  await showTree(window);
  await window.page.locator(".statusbar-item", { hasText: "shop/dev" }).first().click();
  await readQuickInput(window, "Run with Secrets");
}

export async function showAuditLog(window: EditorWindow): Promise<void> {
  await showRun(window);
  await runCommand(window, "OpaqueVault: Show Audit Log");
  await readQuickInput(window, "Type to search in all of it");
}

export async function showPolicy(window: EditorWindow): Promise<void> {
  await showTree(window);
  await runCommand(window, "OpaqueVault: Manage Grants and Policy");
  await pick(window, "Choose an environment", "shop/prod");
  await readQuickInput(window, "Policy of shop/prod");
}

export async function showValueBox(window: EditorWindow): Promise<void> {
  await unlock(window);
  await runCommand(window, "OpaqueVault: Create Secret");
  await pick(window, "Create Secret", "shop/dev");
  await typeInto(window, "Name of the secret", "CACHE_PASSWORD");
  await pick(window, "Where does the value come from?", "Type It");
  await readQuickInput(window, "Value of shop/dev/CACHE_PASSWORD");
  await window.page.keyboard.type("demo-cache-0b6d");
}

export async function showContexts(window: EditorWindow): Promise<void> {
  await unlock(window);
  await runCommand(window, "OpaqueVault: Select Context");
  await readQuickInput(window, "Select Context");
}
