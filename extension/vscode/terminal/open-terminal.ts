import * as vscode from "vscode";
import { isVaultError } from "#core/vault-error.ts";
import { messageOf } from "../words/error-text.ts";
import { type SessionOptions, TerminalSession, type TerminalWork } from "./terminal-session.ts";

/**
 * A terminal whose program is our own child. VS Code, other extensions and the agent's terminal tools get what was
 * redacted, and no environment: `Terminal.creationOptions` holds the name only.
 */
export function openTerminal(name: string, icon: string, work: TerminalWork, preserveFocus = false): vscode.Terminal {
  const pty = pseudoterminal(work, true);
  const options = { name, pty, iconPath: new vscode.ThemeIcon(icon), isTransient: true };
  const terminal = vscode.window.createTerminal(options);
  terminal.show(preserveFocus);
  return terminal;
}

/** `holds`: until a key is pressed; for a task VS Code does so itself. */
export function pseudoterminal(work: TerminalWork, holds: boolean): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>();
  const renamed = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  const options: SessionOptions = { holds, texts: { problem, ended } };
  const session = new TerminalSession(work, options, {
    show: (text) => written.fire(text),
    rename: (title) => renamed.fire(title),
    close: (exitCode) => closed.fire(exitCode),
  });
  return {
    onDidWrite: written.event,
    onDidChangeName: renamed.event,
    onDidClose: closed.event,
    open: (size) => session.open(size),
    close: () => session.close(),
    handleInput: (text) => session.type(text),
    setDimensions: (size) => session.resize(size),
  };
}

function problem(error: unknown): string {
  if (isVaultError(error)) return messageOf(error);
  return vscode.l10n.t("OpaqueVault failed here, which is a bug. Its log says more: OpaqueVault: Show Log.");
}

function ended(exitCode: number): string {
  return vscode.l10n.t("Ended with exit code {0}. Press any key to close.", exitCode);
}
