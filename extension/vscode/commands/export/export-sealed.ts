import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { readForExport, wipeExported } from "#core/export/read-for-export.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, requireContext } from "#core/vault/context.ts";
import type { Session } from "#core/vault/session.ts";
import { writeSealedExport } from "#mcp/device/write-export.ts";
import { askNewPassphrase } from "../../ask-person.ts";
import { cancellable } from "../../cancellable.ts";
import { nameList } from "../../name-list.ts";
import { withOwnSession } from "../../own-session.ts";
import { contextOf } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { secretCount } from "../../words/counts.ts";
import { windowError } from "../../words/error-text.ts";
import { askMany } from "../secrets/ask-many.ts";
import { askNewFile, today } from "./ask-new-file.ts";

/**
 * Environments under a passphrase of its own, for another vault. Decoys go along and stay decoys; history, policies and the
 * audit log stay, they are in a backup. It is opened again before it counts as written.
 */
export async function exportSealed(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Encrypted Export");
  const access = await window.unlocked();
  const contexts = await askContexts(access, title, contextOf(argument));
  if (contexts === undefined) return;
  const filters = { [vscode.l10n.t("Encrypted export")]: ["ovx"] };
  const name = `opaquevault-${today()}.ovx`;
  const file = await askNewFile(window, vscode.l10n.t("Save the encrypted export"), name, filters);
  if (file === undefined) return;
  const prompt = vscode.l10n.t("Master password, to export {0}", contexts.map(formatContext).join(", "));
  const held = await withOwnSession(window, title, prompt, async (session, locked) => {
    const passphrase = await askNewPassphrase(title, locked);
    if (passphrase === undefined) return undefined;
    try {
      return await write(session, file, contexts, passphrase);
    } finally {
      wipe(passphrase);
    }
  });
  if (held === undefined) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      "The export is in {0}; it was opened again and compared: {1}. Import Secrets puts it into another vault, with this passphrase.",
      file,
      nameList(held),
    ),
  );
}

/** Those that this account can read; undefined = the person gave up. */
async function askContexts(
  access: VaultAccess,
  title: string,
  given: Context | undefined,
): Promise<readonly Context[] | undefined> {
  const choices = (await access.apps()).flatMap(({ app, environments }) =>
    environments
      .filter(({ role }) => role !== undefined)
      .map(({ environment, secrets, production }) => {
        const context = requireContext(app, environment);
        const notes = [secretCount(secrets), ...(production ? [vscode.l10n.t("production")] : [])];
        return {
          label: formatContext(context),
          description: notes.join(" · "),
          iconPath: new vscode.ThemeIcon(production ? "warning" : "folder"),
          value: context,
        };
      }),
  );
  if (choices.length === 0) {
    throw windowError(
      "context-not-found",
      vscode.l10n.t("The vault has no environment yet. There is nothing to export."),
    );
  }
  const all = choices.map(({ value }) => value);
  const ticked = given === undefined ? all : all.filter((context) => formatContext(context) === formatContext(given));
  const question = vscode.l10n.t("Choose the environments to export");
  const answer = await askMany({ title, at: 1, of: 1 }, question, choices, ticked);
  return typeof answer === "object" ? answer.value : undefined;
}

/** Resolves with what the export holds, by environment. */
function write(
  session: Session,
  file: string,
  contexts: readonly Context[],
  passphrase: Uint8Array,
): Promise<readonly string[]> {
  return cancellable(vscode.l10n.t("Encrypting the export …"), async (signal) => {
    signal.addEventListener("abort", () => session.lock());
    const environments = await readForExport(session, contexts, "under a passphrase", { withDecoys: true });
    try {
      await writeSealedExport(file, environments, passphrase, signal);
      return environments.map(({ context, secrets }) => `${formatContext(context)} (${secrets.length})`);
    } finally {
      wipeExported(environments);
    }
  });
}
