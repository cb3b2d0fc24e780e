import * as vscode from "vscode";
import type { AuditRecord } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import type { Window } from "../window.ts";
import { actionText, outcomeText } from "../words/audit-words.ts";

const NEWEST = 1000;

/** The newest entries, to look through by typing. Not a document: other extensions read those. */
export async function showAuditLog(window: Window): Promise<void> {
  const access = await window.unlocked();
  const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Verifying the audit log …") };
  const records = await vscode.window.withProgress(progress, () => access.audit());
  const time = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: "short", timeStyle: "medium" });
  const items = records
    .slice(-NEWEST)
    .reverse()
    .map((record) => ({
      label: `$(${iconOf(record)}) ${actionText(record.action)} ${record.names.join(", ")}`,
      description: [record.context, stillVisible(record.actor)].filter((part) => part !== undefined).join(" · "),
      detail: `${time.format(record.time)} · ${stillVisible(outcomeOf(record))}`,
    }));
  await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("OpaqueVault: Audit Log ({0} entries, verified)", records.length),
    placeHolder: vscode.l10n.t('Type to search. "ov audit --json" has all of it.'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

function outcomeOf({ outcome, exitCode }: AuditRecord): string {
  const text = outcomeText(outcome);
  return exitCode === undefined ? text : `${text}, ${vscode.l10n.t("exit code {0}", exitCode)}`;
}

function iconOf({ action, outcome }: AuditRecord): string {
  if (/denied|required|refused|wrong-password/.test(outcome)) return "circle-slash";
  if (action.startsWith("run") || action === "shell") return "play";
  if (action === "unlock" || action === "create-vault") return "unlock";
  return action === "reveal" ? "eye" : "record";
}
