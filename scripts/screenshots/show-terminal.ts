import { startTools, unlock } from "../../test/vscode/harness/agent.ts";
import { answerApproval } from "../../test/vscode/harness/approvals.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { answerDialog } from "../../test/vscode/harness/messages.ts";
import { pick, runCommand } from "../../test/vscode/harness/quick-input.ts";
import { openContainer } from "../../test/vscode/harness/tree.ts";
import { openFile } from "./show-editor.ts";

export async function showRun(window: EditorWindow): Promise<void> {
  await openFile(window, "shop.js");
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await runCommand(window, "OpaqueVault: Run with Secrets");
  await pick(window, "What shall run", "npm run start");
  await answerApproval(window, "npm run start", "Allow once");
  await see(window, "Ended with exit code 0");
}

export async function showAgentShell(window: EditorWindow): Promise<void> {
  await openFile(window, "shop.js");
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await startTools(window);
  const opened = window.inHost(async (vscode) => {
    const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_inject_env"))!;
    const input = { app: "shop", environment: "dev", input: "node shop.js" };
    await vscode.lm.invokeTool(tool.name, { input, toolInvocationToken: undefined });
  });
  await answerDialog(window, "Shell with secrets", "Yes");
  await answerApproval(window, "sh", "Allow once");
  await opened;
  await see(window, "[redacted:STRIPE_KEY]");
}

async function see(window: EditorWindow, text: string): Promise<void> {
  await window.step(`see "${text}" in the terminal`, () =>
    window.page
      .locator(".terminal-wrapper.active .xterm-rows")
      .getByText(new RegExp(text.replaceAll(" ", "[ \u00a0]").replaceAll("[redacted", "\\[redacted")))
      .first()
      .waitFor(),
  );
}
