import * as vscode from "vscode";
import { credentialDiagnostic, type DocumentWatch, rangeOf } from "./document-watch.ts";
import type { FoundCredential } from "./found-credential.ts";

/** Above each line with a credential: "Move to OpaqueVault". */
export function moveLenses(watch: DocumentWatch): vscode.CodeLensProvider {
  return {
    onDidChangeCodeLenses: watch.onDidChange,
    provideCodeLenses: async (document) =>
      (await watch.find(document)).map((found) => new vscode.CodeLens(rangeOf(document, found), moveCommand(found))),
  };
}

/** The same as a quick fix, where the cursor stands on one. */
export function moveActions(watch: DocumentWatch): vscode.CodeActionProvider {
  return {
    provideCodeActions: async (document, range) => {
      const found = await watch.find(document);
      return found
        .filter((each) => rangeOf(document, each).intersection(range) !== undefined)
        .map((each) => {
          const command = moveCommand(each);
          const action = new vscode.CodeAction(command.title, vscode.CodeActionKind.QuickFix);
          action.command = command;
          action.diagnostics = [credentialDiagnostic(document, each)];
          return action;
        });
    },
  };
}

function moveCommand(found: FoundCredential): vscode.Command {
  return {
    title: vscode.l10n.t("Move to OpaqueVault"),
    tooltip: vscode.l10n.t("Store this credential in the vault, and read it from the environment here"),
    command: "opaquevault.moveToVault",
    arguments: [found],
  };
}
