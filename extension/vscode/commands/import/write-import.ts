import * as vscode from "vscode";
import type { IncomingSecret } from "#core/import/incoming.ts";
import type { SecretDraft, VaultAccess } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import { cancellable, type Report } from "../../cancellable.ts";
import { MOST_IN_DIALOG, nameList } from "../../name-list.ts";
import { windowError } from "../../words/error-text.ts";
import { ensureEnvironment, writeGuarded } from "../secrets/write-secret.ts";
import { type ImportRow, replacedBy } from "./import-plan.ts";

/**
 * Writes the rows of each place, none of which is empty. An environment is written whole or not at all, so a person's
 * cancel ends the import between two; what was written is told in any case.
 */
export async function writeImport(
  access: VaultAccess,
  places: readonly (readonly ImportRow[])[],
  secrets: ReadonlyMap<ImportRow, IncomingSecret>,
): Promise<void> {
  const written: ImportRow[] = [];
  const count = places.flat().length;
  const write = async (signal: AbortSignal, report: Report): Promise<void> => {
    for (const rows of places) {
      signal.throwIfAborted();
      await writePlace(access, rows, secrets);
      written.push(...rows);
      report(written.length / count);
    }
  };
  try {
    const title = vscode.l10n.t("Storing the secrets, and reading them back …");
    await cancellable(title, write, { canEnd: places.length > 1 });
  } finally {
    if (written.length > 0) tellImported(written);
  }
}

async function writePlace(
  access: VaultAccess,
  rows: readonly ImportRow[],
  secrets: ReadonlyMap<ImportRow, IncomingSecret>,
): Promise<void> {
  const { context } = rows[0]!; // there is one
  await ensureEnvironment(access, context);
  // Names that are new stay new until they are written: what somebody else stores meanwhile isn't overwritten unseen.
  const mode = replacedBy(rows).length > 0 ? "upsert" : "create";
  const drafts = rows.map((row): SecretDraft => {
    const { from: _, ...draft } = secrets.get(row)!;
    return draft;
  });
  if ((await writeGuarded(access, context, mode, drafts)) !== undefined) return;
  throw windowError("cancelled", vscode.l10n.t("That was cancelled."));
}

function tellImported(rows: readonly ImportRow[]): void {
  const where = [...new Set(rows.map(({ context }) => formatContext(context)))].join(", ");
  const weak = rows.filter((row) => row.weak).map(({ name }) => name);
  const imported = vscode.l10n.t("Imported {0} into {1}; read back, they are the same.", rows.length, where);
  if (weak.length === 0) void vscode.window.showInformationMessage(imported);
  else
    void vscode.window.showWarningMessage(
      `${imported} ${vscode.l10n.t("Too short or too common to be hidden in every output: {0}.", nameList(weak, MOST_IN_DIALOG))}`,
    );
}
