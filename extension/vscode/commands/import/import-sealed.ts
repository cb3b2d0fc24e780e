import * as vscode from "vscode";
import type { ExportedEnvironment } from "#core/export/exported-secret.ts";
import { wipeExported } from "#core/export/read-for-export.ts";
import { openExport } from "#core/export/sealed-export.ts";
import { placesOfExport, sendPlaces } from "#core/import/incoming.ts";
import { isVaultError } from "#core/vault-error.ts";
import { readSealedFile } from "#mcp/device/import-file.ts";
import { withPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { askTargets } from "./ask-targets.ts";
import { storeImport } from "./store-import.ts";

/**
 * What was exported under a passphrase: all of it is opened and checked before anything is asked. The file stays: it shows
 * nobody a value.
 */
export async function importSealed(window: Window, name: string, file: string, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const title = vscode.l10n.t("Import {0}", name);
  const sealed = readSealedFile(file);
  let environments: readonly ExportedEnvironment[] | undefined;
  try {
    const prompt = vscode.l10n.t("Passphrase of the export {0}", name);
    environments = await withPassword(title, prompt, (passphrase) =>
      openExport(sealed, passphrase).catch(notThePassphrase),
    );
    if (environments === undefined) return;
    const places = placesOfExport(environments);
    const targets = await askTargets(window, access, { title, places, argument, kind: "export" });
    if (targets === undefined) return;
    await storeImport(access, name, { places: sendPlaces(places, targets), left: [], notes: [] });
  } finally {
    wipeExported(environments ?? []);
  }
}

function notThePassphrase(error: unknown): never {
  if (!isVaultError(error, "wrong-password")) throw error;
  throw windowError("wrong-password", vscode.l10n.t("That is not the passphrase of this export."));
}
