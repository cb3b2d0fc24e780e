import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { EditorWindow } from "./harness/editor-window.ts";
import { isRestricted } from "./harness/trust.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

/** Made up, and put together here so that no scanner of this repository stops at it. */
const VALUE = ["sk_live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");

let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  code = await startVSCode({ workspaceTrust: true });
  folder = code.workspace("shop");
  writeFileSync(join(folder, "app.ts"), `const key = "${VALUE}";\n`);
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: a b\n");
  window = await code.open(folder);
});
after(() => code.close());

test("in a folder that nobody trusts, credentials and the syntax of its project file are looked at all the same", async () => {
  await window.step("start in a restricted window", () => window.page.keyboard.press("Escape"));
  assert.equal(await isRestricted(window), true);
  for (const [name, expected] of [
    ["app.ts", /rule stripe/],
    [".ov.yaml", /names have 1 to 64 letters/],
  ] as const) {
    const message = await window.inHost(
      async (vscode, path) => {
        const uri = vscode.Uri.file(path);
        await vscode.window.showTextDocument(uri);
        const own = () => vscode.languages.getDiagnostics(uri).find(({ source }) => source === "OpaqueVault");
        for (let tries = 0; own() === undefined && tries < 600; tries++) await new Promise((go) => setTimeout(go, 100));
        return own()?.message ?? "";
      },
      join(folder, name),
    );
    assert.match(message, expected);
    assert.ok(!message.includes(VALUE));
  }
});
