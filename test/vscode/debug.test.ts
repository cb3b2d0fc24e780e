// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how the variables of launch.json look
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerApproval } from "./harness/approvals.ts";
import { watchSession, watchStarts } from "./harness/debug-session.ts";
import { type EditorWindow, PATIENCE } from "./harness/editor-window.ts";
import { readNotification } from "./harness/messages.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";
const PROGRAM = `import { writeFileSync } from "node:fs";
writeFileSync("seen.txt", String(process.env.STRIPE_KEY?.length));
console.log("length", process.env.STRIPE_KEY?.length);
`;

let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE, "shop/production/STRIPE_KEY": VALUE });
  folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  writeFileSync(join(folder, "app.mjs"), PROGRAM);
  mkdirSync(join(folder, ".vscode"));
  const node = { type: "node", request: "launch", program: "${workspaceFolder}/app.mjs" };
  const configurations = [
    { ...node, name: "App", opaquevault: true, unknownAttribute: 1 },
    { ...node, name: "Production", opaquevault: { environment: "production" } },
    { name: "Native", type: "cppdbg", request: "launch", program: "a.out" },
  ];
  writeFileSync(join(folder, ".vscode/launch.json"), JSON.stringify({ version: "0.2.0", configurations }));
  window = await code.open(folder);
  await runCommand(window, "OpaqueVault: Unlock");
  await typeInto(window, "Master password", PASSWORD);
});
after(() => code.close());

test("a debugged Node program has its secrets, and what other extensions see of the session has none", async () => {
  const session = watchSession(window);
  await runCommand(window, "OpaqueVault: Debug with Secrets");
  await pick(window, "What shall be debugged?", "App");
  const box = await readQuickInput(window, "Master password");
  assert.equal(box.isPassword, true);
  assert.match(box.message, /other extensions and agents of this window can read its values/);
  await picture("debug-password");
  await typeInto(window, "Master password", PASSWORD);
  await answerApproval(window, "app.mjs", "Allow once");
  const seen = await session;
  await picture("debug");
  assert.match(seen.output, new RegExp(`length ${VALUE.length}`), seen.output);
  assert.doesNotMatch(seen.configurations, /sk_test|Zq8mB2/);
  assert.match(seen.configurations, /take-ticket/);
});

test("the editor knows our attribute of launch.json, and marks one that nobody knows", async () => {
  const problems = await window.inHost(
    async (vscode, path, patience) => {
      const uri = vscode.Uri.file(path);
      await vscode.window.showTextDocument(uri);
      const found = () => vscode.languages.getDiagnostics(uri).map(({ message }) => message);
      const isRead = () => /unknownAttribute/.test(found().join()) && !/opaquevault/.test(found().join());
      for (const end = Date.now() + patience; !isRead() && Date.now() < end; )
        await new Promise((resolve) => setTimeout(resolve, 100));
      return found();
    },
    join(folder, ".vscode/launch.json"),
    PATIENCE,
  );
  assert.ok(
    problems.some((message) => /unknownAttribute/.test(message)),
    problems.join("\n"),
  );
  assert.ok(!problems.some((message) => /opaquevault/.test(message)));
});

test("without the master password nothing is started", async () => {
  const started = await watchStarts(window);
  await runCommand(window, "OpaqueVault: Debug with Secrets");
  await pick(window, "What shall be debugged?", "App");
  await readQuickInput(window, "Master password");
  await cancelQuickInput(window);
  assert.deepEqual(await started(), []);
});

test("production is not debugged, and a debugger that can't be served says why", async () => {
  await runCommand(window, "OpaqueVault: Debug with Secrets");
  await pick(window, "What shall be debugged?", "Production");
  await readNotification(window, "shop/production is production");
  await runCommand(window, "OpaqueVault: Debug with Secrets");
  await pick(window, "What shall be debugged?", "Native");
  await readNotification(window, "can't be handed secrets safely");
});

async function picture(name: string): Promise<void> {
  if (process.env.OV_PICTURES === undefined) return;
  await window.page.screenshot({ path: join(process.env.OV_PICTURES, `${name}.png`) });
}
