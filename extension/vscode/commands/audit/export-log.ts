import { extname, join } from "node:path";
import * as vscode from "vscode";
import { type AuditLine, asCsv, asJson } from "#core/run/audit/audit-line.ts";
import { writeBeside } from "#mcp/device/private-file.ts";
import { confirmed } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";

/** Writes what the list has found, oldest first, as `ov audit` does: JSON where the name ends so, else CSV. */
export async function exportLog({ own }: Window, newestFirst: readonly AuditLine[]): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Export the audit log"),
    defaultUri: vscode.Uri.file(join(own.home, "opaquevault-audit-log.csv")),
    filters: { CSV: ["csv"], JSON: ["json"] },
  });
  if (target === undefined) return;
  if (target.scheme !== "file") throw windowError("argument-invalid", vscode.l10n.t("Choose a file on this machine."));
  if (vscode.workspace.getWorkspaceFolder(target) !== undefined && !(await isMeant(target.fsPath))) return;
  const lines = newestFirst.toReversed();
  const isJson = extname(target.fsPath).toLowerCase() === ".json";
  const text = isJson ? JSON.stringify({ entries: lines.map(asJson) }, null, 2) : asCsv(lines, true);
  writeBeside(target.fsPath, `${text}\n`, 0o600);
  const count = lines.length.toLocaleString(vscode.env.language);
  void vscode.window.showInformationMessage(
    vscode.l10n.t("{0} entries of the audit log are in {1}.", count, target.fsPath),
  );
}

/** There are no values in it, but who used which secret when. */
function isMeant(path: string): Promise<boolean> {
  return confirmed(
    vscode.l10n.t("Save the audit log in an open folder?"),
    vscode.l10n.t("{0}: agents, extensions and git read what is there. It names secrets, clients and times.", path),
    vscode.l10n.t("Save It There"),
  );
}
