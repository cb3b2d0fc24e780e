import * as vscode from "vscode";
import { type ImportRow, type ImportState, isWorthImporting } from "./import-plan.ts";

/** Shows names and what would happen to them, to choose from. undefined = the person gave up. */
export function chooseRows(
  title: string,
  rows: readonly ImportRow[],
  left: readonly string[],
): Promise<readonly ImportRow[] | undefined> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly row?: ImportRow }>();
    const items = rows.map((row) => ({ ...itemOf(row), row }));
    const skipped = left.map(leftOutItem);
    list.title = `OpaqueVault: ${title}`;
    list.placeholder = vscode.l10n.t("Choose what to import. Values are not shown.");
    list.canSelectMany = true;
    list.matchOnDescription = true;
    list.ignoreFocusOut = true;
    list.items = [
      ...items,
      ...(skipped.length === 0 ? [] : [separator(vscode.l10n.t("can't be imported"))]),
      ...skipped,
    ];
    list.selectedItems = items.filter(({ row }) => isWorthImporting(row));
    let picked: readonly ImportRow[] | undefined;
    list.onDidAccept(() => {
      picked = list.selectedItems.flatMap(({ row }) => (row === undefined || row.state === "decoy" ? [] : [row]));
      list.hide();
    });
    list.onDidHide(() => {
      list.dispose();
      resolve(picked);
    });
    list.show();
  });
}

function itemOf({ name, state, weak }: ImportRow): vscode.QuickPickItem {
  const notes = [STATE()[state], ...(weak ? [vscode.l10n.t("weak: can't be hidden in every output")] : [])];
  return { label: name, description: notes.join(" · "), iconPath: new vscode.ThemeIcon(ICON[state]) };
}

/** `line` is the name, a space, and the reason in brackets. */
function leftOutItem(line: string): vscode.QuickPickItem {
  const at = line.indexOf(" ");
  return {
    label: line.slice(0, at),
    description: line.slice(at + 2, -1),
    iconPath: new vscode.ThemeIcon("circle-slash"),
    alwaysShow: true,
  };
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

const STATE = (): Readonly<Record<ImportState, string>> => ({
  new: vscode.l10n.t("new"),
  changed: vscode.l10n.t("another value than stored"),
  same: vscode.l10n.t("stored already"),
  exists: vscode.l10n.t("exists, would be replaced"),
  decoy: vscode.l10n.t("a decoy of this name exists, left as it is"),
});

const ICON: Readonly<Record<ImportState, string>> = {
  new: "diff-added",
  changed: "diff-modified",
  same: "check",
  exists: "diff-modified",
  decoy: "bug",
};
