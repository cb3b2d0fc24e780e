import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type * as vscode from "vscode";
import { PATIENCE } from "./harness/editor-window.ts";
import { sightingsOf } from "./harness/find-value.ts";
import { letTheSpyTryCommands, SPY, whatTheSpySaw } from "./harness/spy.ts";
import { startVSCode } from "./harness/vs-code.ts";

test("the spy sees what an extension gives away, by each way that VS Code has", async (t) => {
  const code = await startVSCode({ extensionFolders: [SPY] });
  t.after(() => code.close());
  const folder = code.workspace("shop");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "notes.txt"), "one word\n");
  const window = await code.open(folder);
  const value = (name: string) => `${name}-${randomBytes(9).toString("hex")}`;
  const given = {
    environment: value("environment"),
    printed: value("printed"),
    pty: value("pty"),
    task: value("task"),
    document: value("document"),
    edit: value("edit"),
    diagnostic: value("diagnostic"),
    hover: value("hover"),
    clipboard: value("clipboard"),
    title: value("title"),
    command: value("command"),
    collection: value("collection"),
    debug: value("debug"),
    file: value("file"),
  };

  await window.inHost(async (vscode, values) => {
    const { window, workspace, languages } = vscode;
    window.createTerminal({ name: "env", env: { LEAK: values.environment } });
    const changed = new vscode.EventEmitter<string>();
    const pty = { onDidWrite: changed.event, open: () => changed.fire(values.pty), close: () => undefined };
    window.createTerminal({ name: "pty", pty }).show();
    const echo = new vscode.ShellExecution("true", { env: { LEAK: values.task } });
    const task = new vscode.Task({ type: "leak" }, vscode.TaskScope.Workspace, "leak", "leak", echo);
    await vscode.tasks.executeTask(task);
    const hand = vscode.extensions.getExtension("opaquevault-test.hand")?.exports as vscode.ExtensionContext;
    hand.environmentVariableCollection.replace("LEAK", values.collection);
    const shell = window.createTerminal({ name: "shell", shellPath: "/bin/bash" });
    shell.show();
    for (let i = 0; i < 600 && shell.shellIntegration === undefined; i++)
      await new Promise((go) => setTimeout(go, 100));
    shell.shellIntegration?.executeCommand(`echo ${values.printed}`);
    const launch = { name: "leak", type: "node", request: "launch", program: "none.js", env: { LEAK: values.debug } };
    await vscode.debug.startDebugging(workspace.workspaceFolders?.[0], launch);
    await vscode.debug.stopDebugging();
    await workspace.openTextDocument({ content: values.document });
    const [file] = await workspace.findFiles("notes.txt");
    const editor = await window.showTextDocument(file!);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), `${values.edit} `));
    const diagnostic = new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), values.diagnostic);
    languages.createDiagnosticCollection("leak").set(file!, [diagnostic]);
    languages.registerHoverProvider("*", { provideHover: () => new vscode.Hover(values.hover) });
    window.createWebviewPanel("leak", values.title, vscode.ViewColumn.Beside);
    vscode.commands.registerCommand("opaquevault.leak", () => ({ deep: [values.command] }));
    await vscode.env.clipboard.writeText(values.clipboard);
    await workspace.fs.writeFile(vscode.Uri.joinPath(file!, "../made.txt"), new TextEncoder().encode(values.file));
  }, given);
  const ours = await window.inHost((vscode) =>
    vscode.extensions
      .getExtension("opaquevault.opaquevault")
      ?.packageJSON.contributes.commands.map(({ command }: { command: string }) => command),
  );
  assert.deepEqual(await letTheSpyTryCommands(window, { except: ours }), ["opaquevault.leak"]);
  let missed: readonly string[];
  const end = Date.now() + PATIENCE;
  do {
    const seen = await whatTheSpySaw(window);
    missed = Object.entries(given).flatMap(([name, text]) => (sightingsOf(text, seen).length === 0 ? [name] : []));
    // Some of it is told a while after it happened.
  } while (missed.length > 0 && Date.now() < end);
  assert.deepEqual(missed, []);
});
