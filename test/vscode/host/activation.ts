import assert from "node:assert/strict";
import { test } from "mocha";
import * as vscode from "vscode";

const ID = "opaquevault.opaquevault";

test("the extension is an installed one, and activates", async () => {
  const extension = vscode.extensions.getExtension(ID);
  assert.ok(extension !== undefined);
  assert.ok(extension.extensionPath.includes("extensions"), "it comes from the VSIX");
  await extension.activate();
  assert.ok(extension.isActive);
});

test("it gives other extensions no API", async () => {
  assert.equal(await vscode.extensions.getExtension(ID)?.activate(), undefined);
});
