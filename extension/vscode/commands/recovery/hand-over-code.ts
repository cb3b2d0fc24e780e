import * as vscode from "vscode";

/**
 * Shows a recovery code once, in a dialog that no other extension can read, and goes on only when the person says that
 * they have it.
 */
export async function handOverCode(code: string): Promise<void> {
  const save = vscode.l10n.t("Save to a File …");
  const noted = vscode.l10n.t("I Have Written It Down");
  for (;;) {
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t("Your recovery code"),
      {
        modal: true,
        detail: `${code}\n\n${vscode.l10n.t("It opens the vault if you forget the master password. It is shown this once and stored nowhere. Keep it on paper, away from this machine.")}`,
      },
      noted,
      save,
    );
    if (answer === noted) return;
    if (answer === save && (await saveCode(code))) return;
    const leave = vscode.l10n.t("Go On Without It");
    if (answer !== undefined) continue;
    const sure = await vscode.window.showWarningMessage(
      vscode.l10n.t("Without the recovery code, a forgotten master password means that every secret is lost."),
      { modal: true },
      leave,
    );
    if (sure === leave) return;
  }
}

async function saveCode(code: string): Promise<boolean> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save the recovery code"),
    filters: { [vscode.l10n.t("Text")]: ["txt"] },
  });
  if (target === undefined) return false;
  if (target.scheme !== "file") {
    await vscode.window.showErrorMessage(vscode.l10n.t("Choose a file on this machine."));
    return false;
  }
  const { writeBeside } = await import("#mcp/device/private-file.ts");
  writeBeside(target.fsPath, `${code}\n`, 0o600);
  return true;
}
