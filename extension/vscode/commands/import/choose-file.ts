import { basename } from "node:path";
import * as vscode from "vscode";
import { stillVisible } from "#core/run/visible-text.ts";
import { askChoice, type Choice } from "../secrets/steps.ts";

/** The file to import: a .env file of the workspace, or another. undefined = the person chose none. */
export async function chooseFile(title: string): Promise<string | undefined> {
  const found = (
    await vscode.workspace.findFiles("**/{.env,.env.*,*.env}", "**/{node_modules,.git,.venv}/**", MOST)
  ).filter(({ scheme, fsPath }) => scheme === "file" && !EXAMPLE.test(basename(fsPath)));
  if (found.length === 0) return chooseAnother(title);
  const choices: Choice<string | undefined>[] = found
    .map(({ fsPath }) => ({
      label: stillVisible(vscode.workspace.asRelativePath(fsPath)),
      iconPath: new vscode.ThemeIcon("file"),
      value: fsPath,
    }))
    .sort((a, b) => a.label.length - b.label.length || (a.label < b.label ? -1 : 1));
  const other = {
    label: vscode.l10n.t("Another File …"),
    iconPath: new vscode.ThemeIcon("folder-opened"),
    value: undefined,
  };
  const answer = await askChoice({ title, at: 1, of: 1 }, vscode.l10n.t("Choose the file to import"), [
    ...choices,
    other,
  ]);
  if (typeof answer !== "object") return undefined;
  return answer.value ?? chooseAnother(title);
}

async function chooseAnother(title: string): Promise<string | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t("Import") })) ?? [];
  if (file === undefined || file.scheme === "file") return file?.fsPath;
  await vscode.window.showErrorMessage(vscode.l10n.t("Choose a file on this machine."));
  return undefined;
}

/** Files that show names with no real values. */
const EXAMPLE = /[._-](example|sample|template|dist|defaults)([._-]|$)/i;
const MOST = 200;
