import * as vscode from "vscode";
import { isVaultError } from "#core/vault-error.ts";
import { messageOf } from "./words/error-text.ts";

/** Runs what a person asked for, and tells them what went wrong. Never rejects, and returns nothing to a caller. */
export async function telling(log: (line: string) => void, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    // Not waited for: whoever ran the command goes on, though the message stays until the person closes it.
    void showError(log, error);
  }
}

async function showError(log: (line: string) => void, error: unknown): Promise<void> {
  if (!isVaultError(error)) {
    log(`window-error ${nameAndPlace(error)}`);
    await vscode.window.showErrorMessage(
      vscode.l10n.t("OpaqueVault failed here, which is a bug. Its log says more: OpaqueVault: Show Log."),
    );
    return;
  }
  switch (error.code) {
    case "cancelled":
    case "denied-by-user":
      return;
    case "vault-locked": {
      const unlock = vscode.l10n.t("Unlock");
      const answer = await vscode.window.showWarningMessage(vscode.l10n.t("The vault is locked."), unlock);
      if (answer === unlock) await vscode.commands.executeCommand("opaquevault.unlock");
      return;
    }
    default:
      await vscode.window.showErrorMessage(messageOf(error));
  }
}

/** Without its message, which may quote what it choked on. */
function nameAndPlace(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return [error.name, ...frames.slice(0, 8).map((line) => line.trim())].join(" ");
}
