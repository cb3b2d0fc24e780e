import * as vscode from "vscode";
import { type Command, describeCommand } from "#core/run/command.ts";
import { askLine } from "../ask-person.ts";
import { makeTargets } from "../terminal/make-targets.ts";
import { openTerminal } from "../terminal/open-terminal.ts";
import { packageScripts } from "../terminal/package-scripts.ts";
import { RecentCommands } from "../terminal/recent-commands.ts";
import { resolveRun } from "../terminal/resolve-run.ts";
import { runWork } from "../terminal/run-work.ts";
import { shellWork } from "../terminal/shell-work.ts";
import type { Screen } from "../terminal/terminal-session.ts";
import { EnvironmentNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";
import { windowError } from "../words/error-text.ts";

/**
 * Asks for a command and runs it. The lists can be accepted by commands of other extensions, so what is picked here is
 * not approved by that: the approvals view asks, as it does for an agent.
 */
export async function run(window: Window): Promise<void> {
  const cwd = await runFolder(window);
  const command = await pickCommand(window, cwd);
  if (command !== undefined) start(window, command, cwd);
}

export async function runLast(window: Window): Promise<void> {
  const cwd = await runFolder(window);
  const last = new RecentCommands(window.extension.workspaceState).list()[0];
  if (last === undefined) return run(window);
  start(window, last, cwd);
}

/** In the environment of a tree node, else in that of the window. */
export async function openShell(window: Window, argument: unknown): Promise<void> {
  const cwd = await runFolder(window);
  const wanted = argument instanceof EnvironmentNode ? argument.context : {};
  const resolve = () => resolveRun(window, cwd, wanted, "");
  openTerminal(vscode.l10n.t("Shell with Secrets"), "shield", shellWork(window, resolve, cwd));
}

/** Refuses at once where nothing runs: in a folder that nobody trusts, or that isn't on this machine's disk. */
export async function runFolder(window: Window): Promise<string> {
  await window.deps();
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 0 && folders.every(({ uri }) => uri.scheme !== "file")) {
    throw windowError(
      "cwd-invalid",
      vscode.l10n.t("This folder is not on the machine that commands run on. Open one that is."),
    );
  }
  return window.context.folder;
}

function start(window: Window, command: Command, cwd: string): void {
  const words = typeof command === "string" ? command : command.join(" ");
  const resolve = () => resolveRun(window, cwd, {}, words);
  const onApproved = (shown: string, screen: Screen): void => {
    screen.rename(shown.slice(0, MAX_NAME));
    // Redacted, so a value stands in it, and the workspace's memory is plain text.
    if (shown === describeCommand(command)) void new RecentCommands(window.extension.workspaceState).add(command);
  };
  const work = runWork(window, { command, cwd, client: CLIENT, resolve, onApproved });
  // Other extensions read a terminal's name, and nobody knows yet whether a value stands in the command.
  openTerminal(vscode.l10n.t("Run with Secrets"), "shield", work);
}

const MAX_NAME = 60;
const CLIENT = "VS Code: Run with Secrets";

interface CommandItem extends vscode.QuickPickItem {
  readonly command?: Command;
}

/** undefined = the person closed the list. */
async function pickCommand(window: Window, folder: string): Promise<Command | undefined> {
  const recent = new RecentCommands(window.extension.workspaceState).list();
  const [scripts, targets] = await Promise.all([packageScripts(folder), makeTargets(folder)]);
  const typed: CommandItem = { label: `$(edit) ${vscode.l10n.t("Type a command …")}`, alwaysShow: true };
  const context = await window.context.label();
  const items: CommandItem[] = [
    ...group(vscode.l10n.t("recent"), recent.map(asItem)),
    ...group("package.json", scripts),
    ...group("Makefile", targets),
    ...group(vscode.l10n.t("another"), [typed]),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `OpaqueVault: ${vscode.l10n.t("Run with Secrets")}${context === undefined ? "" : ` (${context})`}`,
    placeHolder: vscode.l10n.t("What shall run in {0}?", folder),
    matchOnDetail: true,
  });
  return picked === typed ? typeCommand(folder) : picked?.command;
}

function asItem(command: Command): CommandItem {
  return { label: describeCommand(command), command };
}

function group(name: string, suggestions: readonly CommandItem[]): CommandItem[] {
  if (suggestions.length === 0) return [];
  return [{ label: name, kind: vscode.QuickPickItemKind.Separator }, ...suggestions];
}

function typeCommand(folder: string): Promise<string | undefined> {
  return askLine({
    title: vscode.l10n.t("Run with Secrets"),
    prompt: vscode.l10n.t("A command line for the shell, in {0}. Name secrets as variables, such as $API_KEY.", folder),
    placeholder: "npm test",
    problem: (text) => (text.trim() === "" ? vscode.l10n.t("The command is empty.") : undefined),
    tryIt: async (text) => {
      const { detectCredentials } = await import("#core/redact/detectors.ts");
      return (await detectCredentials(text)).length === 0
        ? undefined
        : vscode.l10n.t("There is a credential in it. Store it as a secret, and write its name as a variable instead.");
    },
  });
}
