import { basename } from "node:path";
import { l10n } from "vscode";
import type { CommandChange } from "#core/run/command-files.ts";
import { visible } from "#core/run/visible-text.ts";

/** Why a person is asked, or asked again. */
export function changedText({ kind, path }: CommandChange): string {
  const shown = visible(path);
  switch (kind) {
    case "file":
      return l10n.t("{0} has changed since it was approved ({1})", visible(basename(path)), shown);
    case "folder":
      return l10n.t("{0} is another folder than the one that was approved", shown);
    case "project-file-gone":
      return l10n.t("{0} is not there any more, and no longer narrows what may be used", shown);
  }
}
