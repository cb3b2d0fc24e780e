import type * as vscode from "vscode";
import { pseudoterminal } from "../terminal/open-terminal.ts";
import { resolveRun } from "../terminal/resolve-run.ts";
import { runWork } from "../terminal/run-work.ts";
import type { Window } from "../window.ts";
import { wantedTask } from "./task-definition.ts";

/** The terminal of one task. What is wrong with its definition is told in it. */
export function taskTerminal(window: Window, definition: vscode.TaskDefinition, folder: string): vscode.Pseudoterminal {
  return pseudoterminal(async (screen, signal) => {
    const { command, cwd, ...wanted } = await wantedTask(definition, folder);
    const words = typeof command === "string" ? command : command.join(" ");
    const resolve = () => resolveRun(window, cwd, wanted, words);
    return runWork(window, { command, cwd, client: "VS Code: task", resolve })(screen, signal);
  }, false);
}
