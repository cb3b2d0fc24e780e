import * as vscode from "vscode";
import { readNotes } from "#mcp/device/agent-note.ts";
import type { Window } from "../window.ts";

/** How agents reach the vault from here, and what to do where they can't. */
export async function showMcpStatus(window: Window): Promise<void> {
  const { vault, own } = window;
  const list = vscode.l10n.t("MCP Servers");
  const next = vault.access === undefined ? vscode.l10n.t("Unlock") : vscode.l10n.t("Set Up Another Client");
  const others = readNotes(own.paths.runtime).filter(
    (note) => note.vault === own.paths.vault && note.pid !== process.pid,
  );
  const lines = [
    vscode.workspace.isTrusted
      ? vscode.l10n.t("VS Code's own agents: the server OpaqueVault is offered in this window.")
      : vscode.l10n.t("VS Code's own agents: not offered, since you don't trust this folder."),
    vault.access === undefined
      ? vscode.l10n.t("Terminal agents (ov mcp serve): this window is locked, so they don't get to it.")
      : vscode.l10n.t("Terminal agents (ov mcp serve): they use this window's vault, and ask here."),
    vscode.l10n.t("Other windows and agents that hold this vault: {0}.", others.length),
  ];
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("OpaqueVault and MCP"),
    { modal: true, detail: lines.join("\n") },
    list,
    next,
  );
  if (answer === list) await vscode.commands.executeCommand("workbench.mcp.listServer");
  else if (answer === next) {
    await vscode.commands.executeCommand(vault.access === undefined ? "opaquevault.unlock" : "opaquevault.setUpClient");
  }
}
