import { type EditorWindow, PATIENCE } from "./editor-window.ts";
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

/** Locks it, and waits until the palette offers to unlock it. */
export async function lock(window: EditorWindow): Promise<void> {
  await runCommand(window, "OpaqueVault: Lock");
  await window.step("see that the vault is locked", () =>
    window.page.locator('.statusbar [aria-label*="The vault is locked"]').first().waitFor({ state: "attached" }),
  );
}

/** Starts the window's MCP server once VS Code knows of it, and waits for its tools. */
export async function startTools(window: EditorWindow): Promise<void> {
  await window.step("start the MCP server", () =>
    window.inHost(async (vscode, patience) => {
      const end = Date.now() + patience;
      for (;;) {
        await vscode.commands.executeCommand("workbench.mcp.startServer", "*", { waitForLiveTools: true });
        if (vscode.lm.tools.some(({ name }) => name.endsWith("vault_run"))) return;
        if (Date.now() > end) throw new Error("VS Code has no tool vault_run.");
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }, PATIENCE),
  );
}

/**
 * Calls vault_run as VS Code's own agent does, says yes to VS Code's question, and gives the result as text. By
 * `giveUp` the caller of the last call takes it back.
 */
export async function agentRuns(
  window: EditorWindow,
  command: string,
  options: {
    readonly app?: string;
    readonly environment?: string;
    readonly secrets?: readonly string[];
  } = {},
): Promise<{ readonly result: Promise<string>; readonly giveUp: () => Promise<void> }> {
  const { app = "shop", environment = "dev", secrets } = options;
  const input = { command, app, environment, ...(secrets === undefined ? {} : { secrets }) };
  const result = window.inHost(async (vscode, given) => {
    const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_run"));
    if (tool === undefined) return "no tool";
    const source = new vscode.CancellationTokenSource();
    Object.assign(globalThis, { lastCall: source });
    try {
      const options = { input: given, toolInvocationToken: undefined };
      return JSON.stringify((await vscode.lm.invokeTool(tool.name, options, source.token)).content);
    } catch (error) {
      return String(error);
    }
  }, input);
  result.catch(() => undefined); // awaited by the test, later
  await answerDialog(window, "Command with secrets", "Yes");
  return { result, giveUp: () => window.inHost(() => Reflect.get(globalThis, "lastCall").cancel()) };
}
