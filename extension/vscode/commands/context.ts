import * as vscode from "vscode";
import { type Context, formatContext } from "#core/vault/context.ts";
import { findProjectFile, PROJECT_FILE, type ProjectFile } from "#core/vault/project-file.ts";
import { confirmed } from "../ask-person.ts";
import { pickContext } from "../pick-context.ts";
import { EnvironmentNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";

/** The context of this window. Where a `.ov.yaml` names one, that comes first, so the file is what has to change. */
export async function selectContext(window: Window, argument: unknown): Promise<void> {
  const { context: here, own } = window;
  const file = vscode.workspace.isTrusted ? await findProjectFile(here.folder, own.home) : undefined;
  const context =
    argument instanceof EnvironmentNode ? argument.context : await pickContext(window, vscode.l10n.t("Select Context"));
  if (context === undefined) return;
  if (file?.app === undefined && file?.environment === undefined) {
    await here.choose(context);
    return offerFile(window, context, file);
  }
  if (file.app === context.app && file.environment === context.environment) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t("{0} says {1} already.", shortPath(file.path), formatContext(context)),
    );
    return;
  }
  const isSure = await confirmed(
    vscode.l10n.t("{0} chooses the context of this folder.", shortPath(file.path)),
    vscode.l10n.t(
      "It comes before a choice of this window, for terminals and agents too. Change it to {0}? The next command that uses it shows it to you once.",
      formatContext(context),
    ),
    vscode.l10n.t("Change {0}", PROJECT_FILE),
  );
  if (isSure) await writeFile(vscode.Uri.file(file.path), file.text, context);
}

/** A choice of this window is nobody else's; a file is for the whole team, for terminals and for every agent. */
async function offerFile(window: Window, context: Context, file: ProjectFile | undefined): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.some(({ uri }) => uri.fsPath === window.context.folder);
  const chosen = vscode.l10n.t("This window uses {0}.", formatContext(context));
  if (folder !== true || file !== undefined || !vscode.workspace.isTrusted) {
    vscode.window.setStatusBarMessage(`$(check) ${chosen}`, 5000);
    return;
  }
  const create = vscode.l10n.t("Create {0}", PROJECT_FILE);
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("{0} A {1} in the folder makes terminals and agents use it too.", chosen, PROJECT_FILE),
    create,
  );
  if (answer !== create) return;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(window.context.folder), PROJECT_FILE);
  await writeFile(uri, undefined, context);
}

/** Through the editor, so that what somebody has typed there meanwhile is not lost, and undo brings the old text back. */
async function writeFile(uri: vscode.Uri, before: string | undefined, context: Context): Promise<void> {
  const { projectFileText } = await import("../project-file-text.ts");
  const edit = new vscode.WorkspaceEdit();
  if (before === undefined) {
    const contents = Buffer.from(projectFileText(undefined, context), "utf8");
    edit.createFile(uri, { ignoreIfExists: true, contents });
  } else {
    const open = await vscode.workspace.openTextDocument(uri);
    const whole = new vscode.Range(0, 0, open.lineCount, 0);
    edit.replace(uri, whole, projectFileText(open.getText(), context));
  }
  if (!(await vscode.workspace.applyEdit(edit))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  await document.save();
}

function shortPath(path: string): string {
  return vscode.workspace.asRelativePath(path);
}
