import assert from "node:assert/strict";
import { test } from "node:test";
import { startVSCode } from "./harness/vs-code.ts";

test("the packed extension is installed in a real VS Code", async (t) => {
  const code = await startVSCode();
  t.after(() => code.close());
  const window = await code.open(code.workspace("shop"));
  const version = await window.inHost(
    (vscode, id) => vscode.extensions.getExtension(id)?.packageJSON.version as string | undefined,
    "opaquevault.opaquevault",
  );
  assert.equal(version, "0.1.0");
});
