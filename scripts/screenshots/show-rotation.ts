import { answerApproval } from "../../test/vscode/harness/approvals.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { answerDialog, readDialog, readNotification } from "../../test/vscode/harness/messages.ts";
import { pick, readQuickInput, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { chooseInMenu, openContainer, pressWelcome, treeRow } from "../../test/vscode/harness/tree.ts";
import { showTree } from "./show-vault.ts";

/** Makes a value, and can't revoke the old one. */
const PROGRAM = `node -e 'process.env.OV_ROTATION_STEP === "make" ? console.log("demo-mail-7c21f0") : process.exit(1)'`;

/** One that was cut off, in the sidebar and the status bar, and what can be done with it. */
export async function showRotation(window: EditorWindow): Promise<void> {
  await showTree(window);
  await chooseInMenu(window, await treeRow(window, "Secrets", "MAIL_TOKEN"), "Rotate Secret");
  await pick(window, "Where does the value come from?", "By a Program …");
  await typeInto(window, "The program and its arguments", PROGRAM);
  await typeInto(window, "Which other secrets of shop/dev does it need?", "");
  for (const step of ["(make)", "(revoke)"]) await answerApproval(window, step, "Allow once");
  await readNotification(window, "has not ended");
  await runCommand(window, "Notifications: Clear All Notifications");
  await window.inHost(async (vscode) => {
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await vscode.commands.executeCommand("workbench.action.closePanel");
  });
  await chooseInMenu(window, await treeRow(window, "Secrets", "MAIL_TOKEN"), "Rotations That Have Not Ended");
  await readQuickInput(window, "the old one is to be revoked");
}

/** Of a vault that is gone a moment later. */
export async function showShare(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await pressWelcome(window, "Secrets", "Create Vault");
  await typeInto(window, "Choose a master password", PASSWORD);
  await typeInto(window, "once more", PASSWORD);
  const { text } = await answerDialog(window, "Your recovery code", "I Have Written It Down");
  await runCommand(window, "OpaqueVault: Split Recovery Code into Shares");
  await typeInto(window, "from the newest kit", /(?:[0-9A-Z]{6}-){5}[0-9A-Z]{6}/.exec(text)![0]);
  await pick(window, "How many shares recover together", "2 of 3");
  await readDialog(window, "Share 1 of 3 of your recovery code");
}
