import * as vscode from "vscode";
import type { LeftOut } from "#core/import/found-secret.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { byteCount } from "../../words/counts.ts";
import { leftReason } from "../../words/import-words.ts";
import { withPlainText } from "../secrets/steps.ts";
import { type ImportRow, type ImportState, isWorthImporting } from "./import-plan.ts";

/** Shows names, sizes and what would happen to them, to choose from. undefined = the person gave up. */
export function chooseRows(
  title: string,
  rows: readonly ImportRow[],
  left: readonly LeftOut[],
  notes: readonly string[],
): Promise<readonly ImportRow[] | undefined> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<Item>();
    const items = itemsOf(rows);
    list.title = `OpaqueVault: ${title}`;
    list.placeholder = vscode.l10n.t("Choose what to import. Values are not shown.");
    list.canSelectMany = true;
    list.matchOnDescription = true;
    list.ignoreFocusOut = true;
    list.items = [
      ...items,
      ...part(vscode.l10n.t("can't be imported"), left.map(leftOutItem)),
      ...part(vscode.l10n.t("good to know"), notes.map(noteItem)),
    ];
    list.selectedItems = items.filter(({ row }) => row !== undefined && isWorthImporting(row));
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

interface Item extends vscode.QuickPickItem {
  readonly row?: ImportRow;
}

/** With a line above each place, where there are several. */
function itemsOf(rows: readonly ImportRow[]): readonly Item[] {
  const headings = [...new Set(rows.map(headingOf))];
  return headings.flatMap((heading) => [
    ...(headings.length === 1 ? [] : [separator(heading)]),
    ...rows.filter((row) => headingOf(row) === heading).map((row) => withPlainText({ ...itemOf(row), row })),
  ]);
}

function headingOf({ group, context }: ImportRow): string {
  const place = formatContext(context);
  return group === undefined || group === place ? place : `${stillVisible(group)} → ${place}`;
}

function itemOf({ name, from, bytes, isDecoy, state, weak }: ImportRow): vscode.QuickPickItem {
  const notes = [
    STATE()[state],
    ...(isDecoy ? [vscode.l10n.t("a decoy")] : []),
    ...(weak ? [vscode.l10n.t("weak: can't be hidden in every output")] : []),
    byteCount(bytes),
    ...(from === name ? [] : [vscode.l10n.t("from {0}", JSON.stringify(stillVisible(from)))]),
  ];
  return { label: name, description: notes.join(" · "), iconPath: new vscode.ThemeIcon(ICON[state]) };
}

function leftOutItem({ from, reason }: LeftOut): Item {
  return withPlainText({
    label: stillVisible(from),
    description: leftReason(reason),
    iconPath: new vscode.ThemeIcon("circle-slash"),
    alwaysShow: true,
  });
}

function noteItem(note: string): Item {
  return withPlainText({ label: stillVisible(note), iconPath: new vscode.ThemeIcon("info"), alwaysShow: true });
}

function part(heading: string, items: readonly Item[]): readonly Item[] {
  return items.length === 0 ? [] : [separator(heading), ...items];
}

function separator(label: string): Item {
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
