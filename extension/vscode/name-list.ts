import { l10n } from "vscode";

/** The first of them, and how many more there are. */
export function nameList(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? l10n.t("{0} and {1} more", shown, names.length - most) : shown;
}

/** As many as a dialog shows. */
export const MOST_IN_DIALOG = 40;
