import assert from "node:assert/strict";
import { test } from "mocha";
import * as vscode from "vscode";

const ID = "opaquevault.opaquevault";

test("every command of the manifest is registered once the extension is active", async () => {
  const extension = vscode.extensions.getExtension(ID);
  assert.ok(extension !== undefined, "it is installed");
  await extension.activate();
  const promised: { command: string }[] = extension.packageJSON.contributes.commands;
  const registered = new Set(await vscode.commands.getCommands(true));
  const missing = promised.map(({ command }) => command).filter((command) => !registered.has(command));
  assert.deepEqual(missing, []);
});
