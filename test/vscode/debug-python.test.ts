// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how the variables of launch.json look
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { needDebianPackages } from "../../scripts/vscode/debian.ts";
import { unlock } from "./harness/agent.ts";
import { answerApproval } from "./harness/approvals.ts";
import { watchSession } from "./harness/debug-session.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { pick, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";
const DEBUGGER = "/usr/lib/python3/dist-packages/debugpy/adapter/__main__.py";
const PROGRAM = `import os, sys
key = os.environ.get("STRIPE_KEY", "")
print("length", len(key), sys.argv[1:], __name__)
`;

let code: VSCode;
let window: EditorWindow;
before(async () => {
  needDebianPackages(["python3-debugpy"], [DEBUGGER]);
  code = await startVSCode({ extensionFolders: [join(import.meta.dirname, "fixtures/debugpy")] });
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE });
  const folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  writeFileSync(join(folder, "shop.py"), PROGRAM);
  mkdirSync(join(folder, ".vscode"));
  const python = { type: "debugpy", request: "launch", python: "/usr/bin/python3", args: ["one"], opaquevault: true };
  const configurations = [
    { ...python, name: "Program", program: "${workspaceFolder}/shop.py" },
    { ...python, name: "Module", module: "shop", cwd: "${workspaceFolder}" },
    { ...python, name: "Without", program: "${workspaceFolder}/shop.py", opaquevault: false },
  ];
  writeFileSync(join(folder, ".vscode/launch.json"), JSON.stringify({ version: "0.2.0", configurations }));
  window = await code.open(folder);
  await unlock(window);
});
after(() => code.close());

for (const name of ["Program", "Module"]) {
  test(`a debugged Python ${name.toLowerCase()} has its secrets, and what other extensions see of the session has none`, async () => {
    const session = watchSession(window);
    await runCommand(window, "OpaqueVault: Debug with Secrets");
    await pick(window, "What shall be debugged?", name);
    await typeInto(window, "Master password", PASSWORD);
    await answerApproval(window, "shop", "Allow once");
    const { output, configurations } = await session;
    assert.match(output, new RegExp(`length ${VALUE.length} \\['one'\\] __main__`), output);
    assert.doesNotMatch(configurations, /sk_test|Zq8mB2/);
    assert.match(configurations, /take_ticket\.py/);
  });
}

test("a Python program that asks for no secrets is debugged without", async () => {
  const session = watchSession(window);
  await window.inHost(async (vscode) => {
    const [folder] = vscode.workspace.workspaceFolders!;
    await vscode.debug.startDebugging(folder, "Without");
  });
  const { output } = await session;
  assert.match(output, /length 0 \['one'\] __main__/);
});
