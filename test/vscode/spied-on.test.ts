import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { agentRuns, startTools, unlock } from "./harness/agent.ts";
import { answerApproval } from "./harness/approvals.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { filesWith, sightingsOf } from "./harness/find-value.ts";
import { answerDialog, readDialog } from "./harness/messages.ts";
import { pick, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { letTheSpyTryCommands, SPY, whatTheSpySaw } from "./harness/spy.ts";
import { openContainer, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9vR3d";
const TYPED = "typed-Hq7Wn2Kp9Zr4Xb6M";

let code: VSCode;
let window: EditorWindow;
before(async () => {
  code = await startVSCode({ extensionFolders: [SPY] });
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE });
  const folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts: { show: "echo script=$STRIPE_KEY" } }));
  mkdirSync(join(folder, ".vscode"));
  const tasks = [{ label: "ours", type: "opaquevault", command: "echo task=$STRIPE_KEY" }];
  writeFileSync(join(folder, ".vscode/tasks.json"), JSON.stringify({ version: "2.0.0", tasks }));
  window = await code.open(folder);
  await unlock(window);
  await startTools(window);
  await openContainer(window, "OpaqueVault");
});
after(() => code.close());

test("S228 a spy beside us finds no value and no password: not in runs, terminals, tasks, dialogs, files or what commands return", async () => {
  const { result } = await agentRuns(window, "echo agent=$STRIPE_KEY");
  await answerApproval(window, "echo agent=", "Allow once");
  assert.match(await result, /\[redacted:STRIPE_KEY\]/);

  await runCommand(window, "OpaqueVault: Run with Secrets");
  await pick(window, "What shall run", "npm run show");
  await answerApproval(window, "npm run show", "Allow once");

  const task = window.inHost(
    (vscode) =>
      new Promise<void>((resolve) => {
        vscode.tasks.onDidEndTask(() => resolve());
        void vscode.tasks
          .fetchTasks({ type: "opaquevault" })
          .then((all) => vscode.tasks.executeTask(all.find(({ name }) => name === "ours")!));
      }),
  );
  await answerApproval(window, "echo task=", "Allow once");
  await task;

  await runCommand(window, "OpaqueVault: Create Secret");
  await pick(window, "Choose an environment", "shop/dev");
  await typeInto(window, "Name of the secret", "TYPED_KEY");
  await pick(window, "Where does the value come from?", "Type It");
  await typeInto(window, "Create Secret (4/6)", TYPED);
  await typeInto(window, "What is it for?", "");
  await typeInto(window, "(6/6)", "");
  await treeRow(window, "Secrets", "TYPED_KEY");

  await runCommand(window, "OpaqueVault: Reveal Value");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of", "STRIPE_KEY");
  await typeInto(window, "Master password, to take out", PASSWORD);
  const { text } = await readDialog(window, "STRIPE_KEY");
  assert.ok(text.includes(VALUE), "the person sees it");

  // While it is on the screen.
  const shown = await whatTheSpySaw(window);
  await answerDialog(window, "STRIPE_KEY", "Close");
  await letTheSpyTryCommands(window, {
    patience: 400,
    args: [[], [{ context: { app: "shop", environment: "dev" }, name: "STRIPE_KEY" }]],
  });
  const seen = [...shown, ...(await whatTheSpySaw(window))];
  assert.ok(seen.length > 20, "the spy saw something");
  for (const secret of [VALUE, TYPED, PASSWORD]) {
    assert.deepEqual(sightingsOf(secret, seen), []);
    assert.deepEqual(filesWith(secret, code.folder), []);
  }
});
