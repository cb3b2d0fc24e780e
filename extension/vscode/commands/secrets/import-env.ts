import { basename } from "node:path";
import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { type EnvFile, parseEnvFile, realEnvFile } from "#mcp/device/env-file.ts";
import { contextOf } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { chooseEnvFile } from "./choose-env-file.ts";
import { compareStored } from "./compare-stored.ts";
import { type ContextDraft, contextSteps } from "./context-steps.ts";
import { type ImportRow, planImport, replacedBy } from "./import-plan.ts";
import { chooseRows } from "./import-preview.ts";
import { offerDeletion } from "./offer-deletion.ts";
import { askInSteps } from "./steps.ts";
import { ensureEnvironment, environmentExists } from "./write-secret.ts";

/**
 * Shows by names what it will do, gets every yes that it needs, imports, and only then offers to delete the file. The
 * vault reads each value back and compares it before a write counts as done.
 */
export async function importEnv(window: Window, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const chosen = await chooseEnvFile(vscode.l10n.t("Import .env File"));
  if (chosen === undefined) return;
  const path = realEnvFile(chosen);
  const file = parseEnvFile(path);
  try {
    const context = contextOf(argument) ?? (await askWhereTo(window, access, basename(path)));
    if (context === undefined) return;
    const missing = await store(access, context, path, file);
    if (missing !== undefined) await offerDeletion(path, file.digest, missing);
  } finally {
    for (const { value } of file.entries) wipe(value);
  }
}

async function askWhereTo(window: Window, access: VaultAccess, name: string): Promise<Context | undefined> {
  const draft: ContextDraft = { context: undefined, isNewContext: false };
  const title = vscode.l10n.t("Import {0}", name);
  const isAsked = await askInSteps(title, draft, (now) => contextSteps(window, access, now));
  return isAsked ? draft.context : undefined;
}

/** What of the file the vault doesn't hold afterwards; undefined = the person gave up, and nothing was stored. */
async function store(
  access: VaultAccess,
  context: Context,
  path: string,
  { entries, left }: EnvFile,
): Promise<readonly string[] | undefined> {
  const place = formatContext(context);
  const known = (await environmentExists(access, context)) ? await access.list(context) : [];
  const same = await compareStored(access, context, entries, known);
  if (same === undefined) return undefined;
  const rows = planImport(entries, known, same);
  const picked = await chooseRows(vscode.l10n.t("Import {0} into {1}", basename(path), place), rows, left);
  const wanted = picked && (await settleConflicts(picked, place));
  if (wanted === undefined) return undefined;
  if (wanted.length > 0) {
    const names = new Set(wanted.map(({ name }) => name));
    // Names that are new stay new until they are written: what somebody else stores meanwhile isn't overwritten unseen.
    const mode = replacedBy(wanted).length > 0 ? "upsert" : "create";
    await ensureEnvironment(access, context);
    const written = await access.write(
      context,
      mode,
      entries.filter(({ name }) => names.has(name)),
    );
    tellImported(place, written.length, wanted);
  }
  if (wanted.length === 0 && !rows.some(({ state }) => state === "same")) return undefined;
  const held = (row: ImportRow): boolean => row.state === "same" || wanted.includes(row);
  return [...rows.filter((row) => !held(row)).map(({ name }) => name), ...left];
}

/** Values that would be replaced are named once more. undefined = the person gave up. */
async function settleConflicts(rows: readonly ImportRow[], place: string): Promise<readonly ImportRow[] | undefined> {
  const replaced = replacedBy(rows);
  if (replaced.length === 0) return rows;
  const replace = vscode.l10n.t("Replace");
  const onlyNew = vscode.l10n.t("Import Only the New Ones");
  const hasNew = replaced.length < rows.length;
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Replace values in {0}?", place),
    {
      modal: true,
      detail: vscode.l10n.t("{0}\n\nThe old values stay in the history.", replaced.join(", ")),
    },
    ...(hasNew ? [replace, onlyNew] : [replace]),
  );
  if (answer === replace) return rows;
  return answer === onlyNew ? rows.filter(({ state }) => state === "new") : undefined;
}

function tellImported(place: string, count: number, rows: readonly ImportRow[]): void {
  const weak = rows.filter((row) => row.weak).map(({ name }) => name);
  const imported = vscode.l10n.t("Imported {0} into {1}; read back, they are the same.", count, place);
  if (weak.length === 0) void vscode.window.showInformationMessage(imported);
  else
    void vscode.window.showWarningMessage(
      `${imported} ${vscode.l10n.t("Too short or too common to be hidden in every output: {0}.", weak.join(", "))}`,
    );
}
