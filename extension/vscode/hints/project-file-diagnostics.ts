import * as vscode from "vscode";
import { projectFileProblem } from "./project-file-problem.ts";

/** The first problem of a `.ov.yaml`, as reading it stops there too. */
export function projectFileDiagnostics(document: vscode.TextDocument, text: string): vscode.Diagnostic[] {
  const problem = projectFileProblem(text);
  if (problem === undefined) return [];
  const { range } = document.lineAt(Math.min(problem.line, document.lineCount - 1));
  const message = vscode.l10n.t("This .ov.yaml can't be used: {0}.", problem.what);
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = "OpaqueVault";
  return [diagnostic];
}
