import { basename } from "node:path";
import * as vscode from "vscode";
import { stillVisible } from "#core/run/visible-text.ts";
import { kindOfFile } from "#mcp/device/import-file.ts";
import type { Window } from "../../window.ts";
import { chooseFile } from "./choose-file.ts";

/** A file of another program, or of ours, into the vault. A file is what it holds, whatever its name says. */
export async function importSecrets(window: Window, argument: unknown): Promise<void> {
  const file = await chooseFile(vscode.l10n.t("Import Secrets"));
  if (file === undefined) return;
  const name = stillVisible(basename(file));
  switch (kindOfFile(file)) {
    case "backup": {
      const { importBackup } = await import("./import-backup.ts");
      return importBackup(window, name, file);
    }
    case "export": {
      const { importSealed } = await import("./import-sealed.ts");
      return importSealed(window, name, file, argument);
    }
    case "other": {
      const { importOther } = await import("./import-other.ts");
      return importOther(window, name, file, argument);
    }
  }
}
