import * as vscode from "vscode";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { entryTexts, iconOf } from "../../words/audit-words.ts";
import { withPlainText } from "../secrets/steps.ts";
import { filterText, findEntries, type LogFilter } from "./log-filter.ts";

/** What a person does with the list of entries; undefined = they closed it. */
export type Chosen =
  | { readonly kind: "entry"; readonly line: AuditLine }
  | { readonly kind: "filter" | "unusual" }
  | { readonly kind: "export"; readonly lines: readonly AuditLine[] }
  | undefined;

/**
 * The newest entries that pass, and what can be done with them. What is typed is looked for in all of the log; only the
 * newest of what is found are rows, as no list draws 100,000 of them in time. `search` keeps it for the next time.
 */
export function askEntry(
  lines: readonly AuditLine[],
  filter: LogFilter,
  search: { typed: string },
  locked: AbortSignal,
): Promise<Chosen> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<Row>();
    list.ignoreFocusOut = true;
    list.placeholder = vscode.l10n.t("Type to search in all of it. An entry tells more when it is chosen.");
    list.value = search.typed;
    let found = findEntries(lines, filter, search.typed);
    const show = (): void => {
      list.title = titleOf(found.length, lines.length);
      const rows = found.slice(0, MOST_ROWS).map(rowOf);
      list.items = [...actions(lines, found, filter), separator(found.length), ...rows];
      const [newest] = rows;
      if (newest !== undefined) list.activeItems = [newest];
    };
    show();
    let typing: NodeJS.Timeout | undefined;
    list.onDidChangeValue((typed) => {
      clearTimeout(typing);
      search.typed = typed;
      typing = setTimeout(() => {
        found = findEntries(lines, filter, typed);
        show();
      }, TYPING_MS);
    });
    let chosen: Chosen;
    list.onDidAccept(() => {
      const [picked] = list.selectedItems;
      if (picked?.choose === undefined) return;
      chosen = picked.choose(found);
      list.hide();
    });
    const close = (): void => list.hide();
    locked.addEventListener("abort", close);
    list.onDidHide(() => {
      clearTimeout(typing);
      locked.removeEventListener("abort", close);
      list.dispose();
      resolve(chosen);
    });
    if (!locked.aborted) list.show();
    else resolve(undefined);
  });
}

interface Row extends vscode.QuickPickItem {
  /** Left out: a line between rows. */
  readonly choose?: (found: readonly AuditLine[]) => Chosen;
}

function actions(all: readonly AuditLine[], found: readonly AuditLine[], filter: LogFilter): readonly Row[] {
  const { l10n } = vscode;
  const narrowed = filterText(filter);
  const unusual = (filter.onlyAnomalies ? found : findEntries(all, { ...filter, onlyAnomalies: true }, "")).length;
  return [
    {
      label: l10n.t("Filter …"),
      description: narrowed === "" ? l10n.t("by secret, environment, client, action or time") : narrowed,
      iconPath: new vscode.ThemeIcon(narrowed === "" ? "filter" : "filter-filled"),
      alwaysShow: true,
      choose: () => ({ kind: "filter" }),
    },
    {
      label: filter.onlyAnomalies ? l10n.t("Also Show What Is Usual") : l10n.t("Only Show What Is Unusual"),
      description: String(unusual),
      iconPath: new vscode.ThemeIcon("warning"),
      alwaysShow: true,
      choose: () => ({ kind: "unusual" }),
    },
    {
      label: l10n.t("Export …"),
      description: l10n.t("{0} entries, as CSV or JSON", countText(found.length)),
      iconPath: new vscode.ThemeIcon("save-as"),
      alwaysShow: true,
      choose: (lines) => ({ kind: "export", lines }),
    },
  ];
}

function separator(found: number): Row {
  const label =
    found > MOST_ROWS
      ? vscode.l10n.t("the newest {0} of {1}", countText(MOST_ROWS), countText(found))
      : vscode.l10n.t("entries");
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function rowOf(line: AuditLine): Row {
  // It was searched for already, in more than the row shows.
  return withPlainText({
    ...entryTexts(line),
    iconPath: iconOf(line),
    alwaysShow: true,
    choose: () => ({ kind: "entry", line }),
  });
}

function titleOf(found: number, all: number): string {
  const count =
    found === all
      ? vscode.l10n.t("{0} entries, verified", countText(all))
      : vscode.l10n.t("{0} of {1} entries, verified", countText(found), countText(all));
  return `OpaqueVault: ${vscode.l10n.t("Audit Log")} (${count})`;
}

function countText(count: number): string {
  return count.toLocaleString(vscode.env.language);
}

export const MOST_ROWS = 1000;
/** A pause in typing, after which it is worth looking. */
const TYPING_MS = 150;
