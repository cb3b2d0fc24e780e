import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerApproval } from "./harness/approvals.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog } from "./harness/messages.ts";
import { ov } from "./harness/ov.ts";
import { typeInto } from "./harness/quick-input.ts";
import { openContainer, pressWelcome } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const PASSWORD = "four random words do";
const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";

let code: VSCode;
let window: EditorWindow;
before(async () => {
  code = await startVSCode();
  window = await code.open(code.workspace("shop"));
});
after(() => code.close());

test("a person makes a vault by clicking and typing, and is shown the recovery code", async () => {
  await openContainer(window, "OpaqueVault");
  await pressWelcome(window, "Secrets", "Create Vault");
  const box = await typeInto(window, "Choose a master password", PASSWORD);
  assert.equal(box.isPassword, true);
  await typeInto(window, "once more", PASSWORD);
  const { text } = await answerDialog(window, "Your recovery code", "I Have Written It Down");
  assert.match(text, /([0-9A-Z]{6}-){5}[0-9A-Z]{6}/);
});

test("a terminal's ov uses the window's unlocked vault, without a password", async () => {
  await ov(code, ["secret", "create", "shop/dev/STRIPE_KEY", "--stdin"], VALUE);
  const { stdout } = await ov(code, ["secret", "list", "--app", "shop", "--env", "dev", "--json"]);
  assert.deepEqual(
    JSON.parse(stdout).secrets.map((secret: { name: string }) => secret.name),
    ["STRIPE_KEY"],
  );
});

test("the agent of VS Code gets a command's output redacted, after the person allowed it in the view", async () => {
  const answer = callTool("echo key=$STRIPE_KEY");
  const text = await answerApproval(window, "echo key=", "Allow once");
  assert.match(text, /shop\/dev/);
  assert.match(text, /STRIPE_KEY/);
  const result = await answer;
  assert.match(result, /key=\[redacted:STRIPE_KEY\]/);
  assert.ok(!result.includes(VALUE));
});

test("what the person denies does not run", async () => {
  const answer = callTool("echo denied=$STRIPE_KEY");
  await answerApproval(window, "echo denied=", "Deny");
  assert.match(await answer, /denied-by-user/);
});

/** As VS Code's own agent does: the tool is asked about by VS Code first, then by us. */
async function callTool(command: string): Promise<string> {
  await window.inHost(async (vscode) => {
    await vscode.commands.executeCommand("workbench.mcp.startServer", "*", { waitForLiveTools: true });
  });
  const result = window.inHost(async (vscode, text) => {
    const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_run"));
    if (tool === undefined) return `no tool: ${vscode.lm.tools.map(({ name }) => name).join(" ")}`;
    const answer = await vscode.lm.invokeTool(tool.name, {
      input: { command: text, app: "shop", environment: "dev" },
      toolInvocationToken: undefined,
    });
    return JSON.stringify(answer.content);
  }, command);
  await answerDialog(window, "Command with secrets", "Yes");
  return await result;
}
