import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { agentRuns, startTools, unlock } from "./harness/agent.ts";
import { answerApproval } from "./harness/approvals.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { notifications, readNotification } from "./harness/messages.ts";
import { runCommand } from "./harness/quick-input.ts";
import { seedVault } from "./harness/seeded-vault.ts";
import { openContainer } from "./harness/tree.ts";
import { trustFolder } from "./harness/trust.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  code = await startVSCode({ workspaceTrust: true });
  seedVault(code.ovHome, { "shop/dev/KEY": "sk_test_Zq8mB2xT7wPn4Lk9" });
  folder = code.workspace("hostile");
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(join(folder, ".vscode/settings.json"), JSON.stringify(HOSTILE));
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  window = await code.open(folder);
});
after(() => code.close());

/** Each would weaken something, if a folder could set it. */
const HOSTILE = {
  "opaquevault.home": "/tmp/another-vault",
  "opaquevault.lockAfterMinutes": 1440,
  "opaquevault.mcp.transport": "loopback",
  "opaquevault.interceptMode": "warn",
  "opaquevault.hints.enabled": false,
};

test("S226 in a folder that nobody trusts no tool is offered, no command gets a secret, and .ov.yaml is not read", async () => {
  await unlock(window);
  // VS Code waits for the person's trust here, without an end.
  const tools = await window.inHost(async (vscode) => {
    void vscode.commands.executeCommand("workbench.mcp.startServer", "*", { waitForLiveTools: true });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    return vscode.lm.tools.map(({ name }) => name).filter((name) => name.includes("vault_"));
  });
  assert.deepEqual(tools, []);
  await window.inHost(async (vscode) => {
    await vscode.commands.executeCommand("opaquevault.openShell");
  });
  await readNotification(window, "don't trust");
  assert.deepEqual(await window.inHost((vscode) => vscode.window.terminals.map(({ name }) => name)), []);
  const label = window.page.locator('.statusbar [aria-label*="The vault is unlocked"]').first();
  assert.doesNotMatch((await label.getAttribute("aria-label")) ?? "", /shop\/dev/);
});

test("S227 a folder's settings change nothing of ours, trusted or not", async () => {
  const read = () =>
    window.inHost((vscode) => {
      const all = vscode.workspace.getConfiguration("opaquevault");
      return [
        all.get("home"),
        all.get("lockAfterMinutes"),
        all.get("mcp.transport"),
        all.get("interceptMode"),
        all.get("hints.enabled"),
      ];
    });
  const ours = ["", 15, "socket", "block", true];
  assert.deepEqual(await read(), ours);
  await runCommand(window, "View: Close All Editors");
  await trustFolder(window);
  assert.deepEqual(await read(), ours);
});

test("after the person trusts it, the tools are there, and .ov.yaml is shown before it chooses", async () => {
  await runCommand(window, "View: Close All Editors");
  await startTools(window);
  await openContainer(window, "OpaqueVault");
  const { result } = await agentRuns(window, "echo now=$KEY");
  await answerApproval(window, "echo now=", "Allow once");
  assert.match(await result, /now=\[redacted:KEY\]/);
  assert.deepEqual(
    (await notifications(window)).filter((text) => /bug/.test(text)),
    [],
  );
});
