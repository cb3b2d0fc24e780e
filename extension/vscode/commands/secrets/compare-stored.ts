import * as vscode from "vscode";
import { equal } from "#core/crypto/hash.ts";
import { wipe } from "#core/crypto/wipe.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, type SecretName } from "#core/vault/context.ts";
import type { EnvEntry } from "#mcp/device/env-file.ts";
import { withPassword } from "../../ask-person.ts";
import { askChoice } from "./steps.ts";

/**
 * Finds out which stored values are those of the file already. To look at them takes the master password, so the
 * person may go on without. undefined = they gave up.
 */
export async function compareStored(
  access: VaultAccess,
  context: Context,
  entries: readonly EnvEntry[],
  known: readonly SecretInfo[],
): Promise<ReadonlyMap<SecretName, boolean> | undefined> {
  // A look at a decoy would be misuse of it.
  const names = new Set(known.filter(({ canary }) => !canary).map(({ name }) => name));
  const both = entries.filter(({ name }) => names.has(name));
  if (both.length === 0) return new Map();
  const title = vscode.l10n.t("Import .env File");
  const question = vscode.l10n.t("{0} has {1} of these names already", formatContext(context), both.length);
  const answer = await askChoice({ title, at: 1, of: 1 }, question, [
    {
      label: vscode.l10n.t("Go On without Comparing"),
      iconPath: new vscode.ThemeIcon("arrow-right"),
      value: false,
    },
    {
      label: vscode.l10n.t("Compare the Values"),
      description: vscode.l10n.t("takes the master password"),
      iconPath: new vscode.ThemeIcon("git-compare"),
      value: true,
    },
  ]);
  if (typeof answer !== "object") return undefined;
  if (!answer.value) return new Map();
  const prompt = vscode.l10n.t("Master password, to see which of the values would change");
  return withPassword(title, prompt, (password) => compareAll(access, context, both, password));
}

/** Each look takes its own proof of the password, and stands in the audit log. */
async function compareAll(
  access: VaultAccess,
  context: Context,
  entries: readonly EnvEntry[],
  password: Uint8Array,
): Promise<ReadonlyMap<SecretName, boolean>> {
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t("Comparing with the vault …"),
    cancellable: false,
  };
  return vscode.window.withProgress(progress, async (report) => {
    const same = new Map<SecretName, boolean>();
    for (const { name, value } of entries) {
      const stored = await access.reveal(context, name, undefined, password);
      same.set(name, equal(stored, value));
      wipe(stored);
      report.report({ increment: 100 / entries.length });
    }
    return same;
  });
}
