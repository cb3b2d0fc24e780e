import * as vscode from "vscode";
import type { Window } from "../window.ts";
import { DocumentWatch } from "./document-watch.ts";
import { moveActions, moveLenses } from "./move-offers.ts";
import { PROJECT_FILE_SELECTOR, projectFileCompletion, projectFileHover } from "./project-file-language.ts";

/** Registers what the editor shows beside the text. The rules and the parser are loaded with the first look. */
export function registerHints(window: Window): void {
  const watch = new DocumentWatch(window.log);
  window.extension.subscriptions.push(
    watch,
    vscode.languages.registerCodeLensProvider(FILES, moveLenses(watch)),
    vscode.languages.registerCodeActionsProvider(FILES, moveActions(watch), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    vscode.languages.registerCompletionItemProvider(
      PROJECT_FILE_SELECTOR,
      projectFileCompletion(window),
      " ",
      "[",
      ",",
    ),
    vscode.languages.registerHoverProvider(PROJECT_FILE_SELECTOR, projectFileHover(window)),
  );
}

const FILES: vscode.DocumentSelector = [{ scheme: "file" }, { scheme: "untitled" }];
