import * as vscode from "vscode";
import { askLine, askNewPassword, withPassword } from "../ask-person.ts";
import { handOverCode } from "../recovery-code.ts";
import type { Window } from "../window.ts";
import { refusalOf } from "../words/error-text.ts";

export async function changePassword(window: Window): Promise<void> {
  const title = vscode.l10n.t("Change Master Password");
  const kept: Uint8Array[] = [];
  try {
    // A copy, since the box wipes its own as soon as it closes.
    await withPassword(title, vscode.l10n.t("The master password that you have now"), async (old) => {
      const access = await window.unlocked();
      await access.prove(old);
      kept.push(Uint8Array.from(old));
    });
    const [old] = kept;
    const next = old && (await askNewPassword(title));
    if (old === undefined || next === undefined) return;
    kept.push(next);
    await window.vault.changePassword(old, next);
    await vscode.window.showInformationMessage(
      vscode.l10n.t("The master password is changed. The recovery code stays the same."),
    );
  } finally {
    for (const password of kept) password.fill(0);
  }
}

/** For who forgot the master password: the recovery code opens the vault, and is replaced by a new one. */
export async function recoverVault(window: Window): Promise<void> {
  const { parseRecoveryCode } = await import("#core/vault/recovery-code.ts");
  const title = vscode.l10n.t("Recover Vault");
  const code = await askLine({
    title,
    prompt: vscode.l10n.t("Your recovery code"),
    hidden: true,
    problem: (text) => refusalOf(() => parseRecoveryCode(text).fill(0)),
  });
  if (code === undefined) return;
  const password = await askNewPassword(title);
  if (password === undefined) return;
  try {
    const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Opening the vault …") };
    await handOverCode(await vscode.window.withProgress(progress, () => window.vault.recover(code, password)));
  } finally {
    password.fill(0);
  }
}
