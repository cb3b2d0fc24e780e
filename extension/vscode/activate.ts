import * as vscode from "vscode";
import { PROJECT_FILE } from "#core/vault/project-file.ts";
import { isVaultError } from "#core/vault-error.ts";
import { APPROVALS_VIEW } from "./approvals/approvals-view.ts";
import { registerCommands } from "./commands.ts";
import { debugProvider } from "./debug/debug-provider.ts";
import { registerHints } from "./hints/register-hints.ts";
import { MCP_PROVIDER, mcpProvider } from "./mcp-provider.ts";
import { type OpenedWindow, openWindow } from "./open-window.ts";
import { TASK_TYPE, taskProvider } from "./tasks/task-provider.ts";
import { messageOf } from "./words/error-text.ts";

let opened: OpenedWindow | undefined;

/** The composition root. It only registers: what costs time is loaded by what needs it. */
export function activate(extension: vscode.ExtensionContext): void {
  const window = openOrTell(extension);
  if (window === undefined) return;
  opened = window;
  registerCommands(window);
  registerHints(window);
  const definitionsChanged = new vscode.EventEmitter<void>();
  let edition = 0;
  const changed = (): void => {
    edition++;
    definitionsChanged.fire();
  };
  extension.subscriptions.push(
    definitionsChanged,
    window.context.onDidChange(changed),
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (uri.path.endsWith(`/${PROJECT_FILE}`)) changed();
    }),
    vscode.window.registerWebviewViewProvider(APPROVALS_VIEW, window.approvals, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    vscode.tasks.registerTaskProvider(TASK_TYPE, taskProvider(window)),
    debugProvider(window),
    vscode.lm.registerMcpServerDefinitionProvider(
      MCP_PROVIDER,
      mcpProvider({
        edition: () => String(edition),
        onDidChange: definitionsChanged.event,
        server: async () => {
          await window.unlocked();
          return window.server();
        },
      }),
    ),
  );
  window.vault.refresh().catch(() => window.log("the vault could not be looked at"));
}

/** Where no safe place for the vault can be told, nothing of ours may begin. */
function openOrTell(extension: vscode.ExtensionContext): OpenedWindow | undefined {
  try {
    return openWindow(extension);
  } catch (error) {
    if (!isVaultError(error)) throw error;
    void vscode.window.showErrorMessage(messageOf(error));
    return undefined;
  }
}

export async function deactivate(): Promise<void> {
  await opened?.close();
}
