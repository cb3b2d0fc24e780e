import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { detectCredentials } from "#core/redact/detectors.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { ensureEnvironment } from "../commands/secrets/write-secret.ts";
import { lookUp } from "../pick-secret.ts";
import { SecretNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";
import { askPlace } from "./ask-place.ts";
import { FoundCredential } from "./found-credential.ts";
import { languageOf } from "./languages.ts";
import { type MoveOutcome, moveCredential } from "./move-credential.ts";
import { type Edit, readCredential, replaceCredential } from "./replace-credential.ts";
import { suggestName } from "./suggest-name.ts";

/** Stores a credential of an open document, and lets the document read it from the environment. */
export async function moveToVault(window: Window, argument: unknown): Promise<void> {
  if (!(argument instanceof FoundCredential)) return;
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument.uri);
  const text = document?.getText() ?? "";
  const finding = (await detectCredentials(text)).find(
    ({ start, end, rule }) => start === argument.start && end === argument.end && rule === argument.rule,
  );
  if (document === undefined || finding === undefined || document.version !== argument.version) throw changed();
  const language = languageOf(document.languageId, document.uri.path);
  const credential = readCredential(text, finding, language);
  if (credential === undefined) {
    throw new VaultError(
      "value-invalid",
      vscode.l10n.t("Where this credential begins and ends can't be told for sure. Store it by Create Secret."),
    );
  }
  const { place } = credential;
  const value = Buffer.from(credential.value, "utf8");
  const { version } = document;
  try {
    const access = await window.unlocked();
    const literalStart = place?.kind === "literal" ? place.literal.start : undefined;
    const outcome = await moveCredential({
      ask: () => askPlace(window, access, suggestName(text, finding, literalStart), credential.value),
      isUnchanged: () => document.version === version && !document.isClosed,
      store: async ({ context, name }) => {
        await ensureEnvironment(access, context);
        return (await access.write(context, "create", [{ name, value }]))[0];
      },
      replacement: (name) => replaceCredential(text, finding, place, language, name),
      apply: async (edits) => document.version === version && apply(document, edits),
    });
    await tell(window, document, outcome);
  } finally {
    wipe(value);
  }
}

/** One edit of the workspace is one step back. */
async function apply(document: vscode.TextDocument, edits: readonly Edit[]): Promise<boolean> {
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of edits)
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  return vscode.workspace.applyEdit(edit);
}

async function tell(window: Window, document: vscode.TextDocument, outcome: MoveOutcome): Promise<void> {
  switch (outcome.kind) {
    case "cancelled":
      return;
    case "changed":
      throw changed();
    case "moved": {
      const { context, name } = outcome.place;
      const place = `${formatContext(context)}/${name}`;
      if (document.isUntitled) {
        void vscode.window.showInformationMessage(vscode.l10n.t("Moved to {0}.", place));
        return;
      }
      const rotate = vscode.l10n.t("Rotate");
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t(
          "Moved to {0}. Save the file. The old value was on this disk, and may be in git's history: make a new one where it comes from, then rotate the secret.",
          place,
        ),
        rotate,
      );
      if (answer === rotate) await rotateSecret(window, context, name);
      return;
    }
    case "stored": {
      const { context, name } = outcome.place;
      const undo = vscode.l10n.t("Undo");
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t(
          "Stored as {0}. The file still holds the value: write {1} instead, where a variable can stand.",
          `${formatContext(context)}/${name}`,
          outcome.write,
        ),
        undo,
      );
      if (answer === undo) await (await window.unlocked()).delete(context, name);
    }
  }
}

async function rotateSecret(window: Window, context: Context, name: SecretNode["info"]["name"]): Promise<void> {
  const info = await lookUp(await window.unlocked(), context, name);
  await vscode.commands.executeCommand("opaquevault.rotateSecret", new SecretNode(context, info));
}

function changed(): VaultError {
  return new VaultError(
    "argument-invalid",
    vscode.l10n.t("The text has changed, so nothing was stored. Choose Move to OpaqueVault again."),
  );
}
