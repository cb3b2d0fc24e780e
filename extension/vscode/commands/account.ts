import * as vscode from "vscode";
import { askNewPassword, withPassword } from "../ask-person.ts";
import type { Window } from "../window.ts";

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
