import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { agentRuns, lock, startTools, unlock } from "./harness/agent.ts";
import { answerApproval, noApprovals, readApproval, readApprovalsView } from "./harness/approvals.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog } from "./harness/messages.ts";
import { seedVault } from "./harness/seeded-vault.ts";
import { openContainer } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";

let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/KEY": VALUE, "shop/production/KEY": "live_9fKq2LmZx7TbW4" });
  folder = code.workspace("shop");
  window = await code.open(folder);
  await unlock(window);
  await startTools(window);
  await openContainer(window, "OpaqueVault");
});
after(() => code.close());

test("a request that its caller gives up disappears, and nothing runs", async () => {
  const { result, giveUp } = await agentRuns(window, "touch given-up; echo $KEY");
  await readApproval(window, "given-up");
  await giveUp();
  await noApprovals(window);
  assert.doesNotMatch(await result, /exit_code":0/);
  assert.ok(!existsSync(join(folder, "given-up")));
});

test("several requests wait side by side, each with its own answer", async () => {
  const one = await agentRuns(window, "echo one=$KEY");
  const two = await agentRuns(window, "echo two=$KEY");
  await readApproval(window, "echo one=");
  await answerApproval(window, "echo two=", "Allow once");
  await answerApproval(window, "echo one=", "Deny");
  assert.match(await two.result, /two=\[redacted:KEY\]/);
  assert.match(await one.result, /denied-by-user/);
});

test("an approval that stands is listed with its time, lets the next run through, and ends by a click", async () => {
  const first = await agentRuns(window, "echo first=$KEY");
  await answerApproval(window, "echo first=", "Allow all of this environment for 15 min");
  assert.match(await first.result, /first=\[redacted:KEY\]/);
  const second = await agentRuns(window, "echo second=$KEY");
  assert.match(await second.result, /second=\[redacted:KEY\]/);
  assert.match(await readApprovalsView(window), /shop\/dev[\s\S]*every command[\s\S]*1[45]:\d\d left/);
  const view = window.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  await view.getByRole("button", { name: "End", exact: true }).click();
  await view.locator(".standing").waitFor({ state: "detached" });
  const third = await agentRuns(window, "echo third=$KEY");
  await answerApproval(window, "echo third=", "Deny");
  assert.match(await third.result, /denied-by-user/);
});

test("production is marked, and offers nothing that would stand", async () => {
  const { result } = await agentRuns(window, "echo live=$KEY", { environment: "production" });
  const text = await answerApproval(window, "echo live=", "Allow once");
  assert.match(text, /production/);
  assert.doesNotMatch(text, /15 min|until lock/);
  assert.match(await result, /live=\[redacted:KEY\]/);
});

test("a lock in the middle of a run: what it prints stays redacted, and the next one is refused", async () => {
  const { result } = await agentRuns(window, "touch begun; until test -e locked; do sleep 0.1; done; echo late=$KEY");
  await answerApproval(window, "late=", "Allow once");
  while (!existsSync(join(folder, "begun"))) await sleep(50);
  await lock(window);
  writeFileSync(join(folder, "locked"), "");
  const text = await result;
  assert.ok(!text.includes(VALUE), "no value after the lock");
  const next = await agentRuns(window, "echo next=$KEY");
  assert.match(await next.result, /vault-locked/);
  await unlock(window);
});

test("denying all and locking answers what waits, and locks", async () => {
  const { result } = await agentRuns(window, "echo all=$KEY");
  await readApproval(window, "echo all=");
  const view = window.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  await view.getByRole("button", { name: "Deny all and lock" }).click();
  assert.match(await result, /denied-by-user|vault-locked/);
  await noApprovals(window);
  const next = await agentRuns(window, "echo next=$KEY");
  assert.match(await next.result, /vault-locked/);
  await unlock(window);
});

test("a .ov.yaml is shown once before it chooses anything", async () => {
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\nsecrets: [KEY]\n");
  const shown = window.inHost(async (vscode) => {
    const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_run"))!;
    const input = { command: "echo file=$KEY" };
    const answer = await vscode.lm.invokeTool(tool.name, { input, toolInvocationToken: undefined });
    return JSON.stringify(answer.content);
  });
  await answerDialog(window, "Command with secrets", "Yes");
  const text = await answerApproval(window, "echo file=", "Allow once");
  assert.match(text, /\.ov\.yaml[\s\S]*secrets: \[KEY\]/);
  assert.match(await shown, /file=\[redacted:KEY\]/);
});
