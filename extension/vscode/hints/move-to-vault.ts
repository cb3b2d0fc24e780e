import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { detectCredentials } from "#core/redact/detectors.ts";
import { ensureEnvironment } from "../commands/secrets/write-secret.ts";
import type { Window } from "../window.ts";
import { windowError } from "../words/error-text.ts";
import { askPlace } from "./ask-place.ts";
import { FoundCredential } from "./found-credential.ts";
import { languageOf } from "./languages.ts";
import { moveCredential } from "./move-credential.ts";
import { type Edit, readCredential, replaceCredential } from "./replace-credential.ts";
import { suggestName } from "./suggest-name.ts";
import { tellMoved } from "./tell-moved.ts";

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
    throw windowError(
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
    if (outcome.kind === "changed") throw changed();
    if (outcome.kind !== "cancelled") await tellMoved(window, document, outcome);
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

function changed(): Error {
  return windowError(
    "argument-invalid",
    vscode.l10n.t("The text has changed, so nothing was stored. Choose Move to OpaqueVault again."),
  );
}
