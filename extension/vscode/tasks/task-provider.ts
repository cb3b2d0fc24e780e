import * as vscode from "vscode";
import type { Window } from "../window.ts";

/**
 * Tasks that get secrets. They run in our own terminal, so a task holds no environment that another extension could
 * read. What makes them run is loaded when one starts.
 */
export function taskProvider(window: Window): vscode.TaskProvider {
  return {
    provideTasks: async () => {
      if (!vscode.workspace.isTrusted) return [];
      const { packageScripts } = await import("../terminal/package-scripts.ts");
      const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
      const found = folders.map(async (folder) =>
        (await packageScripts(folder.uri.fsPath)).map(({ command: [, , script] }) =>
          asTask(window, { type: TASK_TYPE, script }, folder, script!, []),
        ),
      );
      return (await Promise.all(found)).flat();
    },
    resolveTask: ({ definition, scope, name, problemMatchers }) =>
      asTask(window, definition, scope ?? vscode.TaskScope.Workspace, name, problemMatchers),
  };
}

export const TASK_TYPE = "opaquevault";

function asTask(
  window: Window,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  name: string,
  problemMatchers: string[],
): vscode.Task {
  const execution = new vscode.CustomExecution(async (resolved) => {
    const { taskTerminal } = await import("./task-terminal.ts");
    return taskTerminal(window, resolved, typeof scope === "object" ? scope.uri.fsPath : window.context.folder);
  });
  return new vscode.Task(definition, scope, name, "OpaqueVault", execution, problemMatchers);
}
