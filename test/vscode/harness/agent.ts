import type { EditorWindow } from "./editor-window.ts";
import { answerDialog } from "./messages.ts";
import { runCommand, typeInto } from "./quick-input.ts";
import { PASSWORD } from "./seeded-vault.ts";

/** Unlocks the window's vault, as a person does. */
export async function unlock(window: EditorWindow): Promise<void> {
  await runCommand(window, "OpaqueVault: Unlock");
  await typeInto(window, "Master password", PASSWORD);
  await window.step("see that the vault is unlocked", () =>
    window.page.locator('.statusbar [aria-label*="The vault is unlocked"]').first().waitFor({ state: "attached" }),
  );
}

/** Starts the window's MCP servers, and gives the names of their tools. */
export async function startTools(window: EditorWindow): Promise<readonly string[]> {
  return await window.inHost(async (vscode) => {
    await vscode.commands.executeCommand("workbench.mcp.startServer", "*", { waitForLiveTools: true });
    return vscode.lm.tools.map(({ name }) => name).filter((name) => name.includes("vault_"));
  });
}

/**
 * Calls vault_run as VS Code's own agent does, says yes to VS Code's question, and gives the result as text. With
 * `cancelAfterMs` the caller gives up after that time.
 */
export async function agentRuns(
  window: EditorWindow,
  command: string,
  options: { readonly environment?: string; readonly cancelAfterMs?: number } = {},
): Promise<{ readonly result: Promise<string> }> {
  const { environment = "dev", cancelAfterMs = 0 } = options;
  const result = window.inHost(
    async (vscode, text, env, ms) => {
      const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_run"));
      if (tool === undefined) return "no tool";
      const source = new vscode.CancellationTokenSource();
      const started = vscode.lm.invokeTool(
        tool.name,
        { input: { command: text, app: "shop", environment: env }, toolInvocationToken: undefined },
        source.token,
      );
      if (ms > 0) setTimeout(() => source.cancel(), ms);
      try {
        return JSON.stringify((await started).content);
      } catch (error) {
        return String(error);
      }
    },
    command,
    environment,
    cancelAfterMs,
  );
  result.catch(() => undefined); // awaited by the test, later
  await answerDialog(window, "Command with secrets", "Yes");
  return { result };
}
