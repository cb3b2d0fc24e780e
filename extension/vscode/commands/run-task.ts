import { homedir } from "node:os";
import { basename, dirname, relative, sep } from "node:path";
import * as vscode from "vscode";
import { describeCommand } from "#core/run/command.ts";
import { type CannotRun, type TaskCommand, taskCommand } from "../tasks/task-command.ts";
import { openTerminal } from "../terminal/open-terminal.ts";
import { resolveRun } from "../terminal/resolve-run.ts";
import { runWork } from "../terminal/run-work.ts";
import type { Window } from "../window.ts";

interface TaskItem extends vscode.QuickPickItem {
  readonly task: vscode.Task;
  readonly own: boolean;
  readonly runs: TaskCommand | undefined;
}

/**
 * Runs a task of the workspace with secrets: our own as they are, and others' commands in our terminal instead of
 * theirs, where every extension could read the environment and agents the output.
 */
export async function runTask(window: Window): Promise<void> {
  await window.deps();
  const items = vscode.tasks.fetchTasks().then((tasks) => tasks.map((task) => asItem(window, task)));
  const picked = await vscode.window.showQuickPick(items, {
    title: `OpaqueVault: ${vscode.l10n.t("Run Task with Secrets")}`,
    placeHolder: vscode.l10n.t("Which task?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  const { task, own, runs } = picked;
  if (own) {
    await vscode.tasks.executeTask(task);
  } else if (runs?.kind === "can") {
    const { command, cwd } = runs;
    const words = typeof command === "string" ? command : command.join(" ");
    const resolve = () => resolveRun(window, cwd, {}, words);
    const work = runWork(window, { command, cwd, client: "VS Code: Run Task with Secrets", resolve });
    openTerminal(task.name, "shield", work);
  } else {
    await vscode.window.showWarningMessage(
      vscode.l10n.t("{0} can't have secrets: {1} Make it a task of type opaquevault.", task.name, why(runs)),
    );
  }
}

function asItem(window: Window, task: vscode.Task): TaskItem {
  const own = task.definition.type === "opaquevault";
  const { execution } = task;
  const isCommand = execution instanceof vscode.ShellExecution || execution instanceof vscode.ProcessExecution;
  const folder = typeof task.scope === "object" ? task.scope.uri.fsPath : window.context.folder;
  const runs = isCommand && !own ? taskCommand(execution, folder, variables(folder)) : undefined;
  const label = own || runs?.kind === "can" ? task.name : `$(circle-slash) ${task.name}`;
  const detail = own ? "" : runs?.kind === "can" ? describeCommand(runs.command) : why(runs);
  return { label, description: task.source, detail, task, own, runs };
}

function why(runs: TaskCommand | undefined): string {
  const reason: CannotRun | undefined = runs?.kind === "cannot" ? runs.reason : undefined;
  switch (reason?.because) {
    case undefined:
      return vscode.l10n.t("An extension runs it in a way of its own.");
    case "env":
      return vscode.l10n.t("It sets environment variables, which our commands don't take over.");
    case "shell":
      return vscode.l10n.t("It wants a shell of its own.");
    case "empty":
      return vscode.l10n.t("It has no command.");
    case "variable":
      return vscode.l10n.t(
        "It uses {0}, which only VS Code can fill in.",
        reason?.because === "variable" ? reason.variable : "",
      );
  }
}

/** The variables of tasks.json that don't need to ask anybody. */
function variables(folder: string): Readonly<Record<string, string>> {
  const editor = vscode.window.activeTextEditor?.document.uri;
  const file = editor?.scheme === "file" ? editor.fsPath : undefined;
  return {
    workspaceFolder: folder,
    workspaceRoot: folder,
    workspaceFolderBasename: basename(folder),
    cwd: folder,
    userHome: homedir(),
    pathSeparator: sep,
    "/": sep,
    ...(file === undefined
      ? {}
      : {
          file,
          fileBasename: basename(file),
          fileDirname: dirname(file),
          relativeFile: relative(folder, file),
        }),
  };
}
