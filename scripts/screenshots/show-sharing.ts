import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { readDialog } from "../../test/vscode/harness/messages.ts";
import { pick, readQuickInput, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { move } from "./show-server.ts";

type End = () => Promise<void>;

export async function showInvite(window: EditorWindow): Promise<End> {
  const server = await move(window);
  await runCommand(window, "OpaqueVault: Invite to Environment");
  await pick(window, "Choose what to share", "shop/*");
  await pick(window, "Choose what they may do", "writer");
  await typeInto(window, "What you call them", "Ben");
  await typeInto(window, "Master password, to invite", PASSWORD);
  await readDialog(window, "An invite to shop/* as writer");
  return server.close;
}

export async function showToken(window: EditorWindow): Promise<End> {
  const server = await move(window);
  await runCommand(window, "OpaqueVault: Create Token");
  await readQuickInput(window, "Choose what the token reads");
  await window.page.locator(".quick-input-list .monaco-list-row", { hasText: "shop/prod" }).first().click();
  await typeInto(window, "Choose what the token reads", "");
  await typeInto(window, "What the token is for", "ci");
  await pick(window, "Choose how long it is good", "30 days");
  await typeInto(window, "Addresses or ranges", "203.0.113.0/24");
  await typeInto(window, "Master password, to make a token", PASSWORD);
  await readDialog(window, "The token ci");
  return server.close;
}
