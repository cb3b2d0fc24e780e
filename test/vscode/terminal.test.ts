import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { answerApproval } from "./harness/approvals.ts";
import { type EditorWindow, PATIENCE } from "./harness/editor-window.ts";
import { answerDialog, answerNotification, readNotification, readStatus } from "./harness/messages.ts";
import { inVault, storedInfo } from "./harness/ov.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { openContainer, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";
const APPROVE = "Allow once";

let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE });
  folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  const scripts = {
    show: "echo script=$STRIPE_KEY",
    leak: "echo $STRIPE_KEY > left.txt",
    turn: "echo $STRIPE_KEY | rev",
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", scripts }));
  mkdirSync(join(folder, ".vscode"));
  const tasks = [
    { label: "ours", type: "opaquevault", command: "echo task=$STRIPE_KEY; exit 3" },
    { label: "theirs", type: "shell", command: "echo shell=$STRIPE_KEY" },
  ];
  writeFileSync(join(folder, ".vscode/tasks.json"), JSON.stringify({ version: "2.0.0", tasks }));
  window = await code.open(folder);
  await runCommand(window, "OpaqueVault: Unlock");
  await typeInto(window, "Master password", PASSWORD);
});
after(() => code.close());

test("a script runs with secrets in a terminal that shows none of them, nor do its options", async () => {
  await runCommand(window, "OpaqueVault: Run with Secrets");
  await readQuickInput(window, "What shall run");
  await picture("run-list");
  await pick(window, "What shall run", "npm run show");
  await answerApproval(window, "npm run show", APPROVE);
  await see("> npm run show");
  await see("script=[redacted:STRIPE_KEY]");
  await see("Ended with exit code 0. Press any key to close.");
  await picture("run");
  assert.doesNotMatch(JSON.stringify(await creationOptions()), /sk_test|env/);
});

test("the same command runs again", async () => {
  await closeTerminals();
  await runCommand(window, "OpaqueVault: Run Last Command with Secrets Again");
  await answerApproval(window, "npm run show", APPROVE);
  await see("script=[redacted:STRIPE_KEY]");
});

test("S366 a script that prints a value reversed is told in a notification", async () => {
  await closeTerminals();
  await runCommand(window, "OpaqueVault: Run with Secrets");
  await pick(window, "What shall run", "npm run turn");
  await answerApproval(window, "npm run turn", APPROVE);
  await see("[redacted:STRIPE_KEY]");
  await readNotification(window, "printed STRIPE_KEY of shop/dev in a form that hides a value");
});

test("a secret in placeholder mode is marked in the request, and told at the end if it was never used", async () => {
  await inVault(code, (access) => {
    const guard = { allowedHosts: ["api.example.com"], placeholder: [] };
    const draft = { name: requireSecretName("MAIL_TOKEN"), value: Buffer.from("mail_83hf83hfk3j9f"), ...guard };
    return access.write(parseContext("shop/dev"), "create", [draft], Buffer.from(PASSWORD));
  });
  await closeTerminals();
  await runCommand(window, "OpaqueVault: Run with Secrets");
  await pick(window, "What shall run", "npm run show");
  const text = await answerApproval(window, "npm run show", APPROVE);
  assert.match(text, /MAIL_TOKEN is given as a placeholder only, and its value goes to\s+api\.example\.com/);
  await see("The command had a placeholder of MAIL_TOKEN, and never sent it where the value may go.");
  await inVault(code, (access) => access.delete(parseContext("shop/dev"), requireSecretName("MAIL_TOKEN")));
});

test("of a value that a command left in a file the person is told, and can open the file or make a new value", async () => {
  await closeTerminals();
  await runCommand(window, "OpaqueVault: Run with Secrets");
  await pick(window, "What shall run", "npm run leak");
  await answerApproval(window, "npm run leak", APPROVE);
  const { text, buttons } = await answerNotification(window, "A command left values", "Rotate");
  assert.match(text, /STRIPE_KEY in left\.txt/);
  assert.deepEqual(buttons, ["Open", "Rotate"]);
  const { title } = await readQuickInput(window, "Where does the value come from?");
  assert.match(title, /Rotate Secret shop\/dev\/STRIPE_KEY/);
  await cancelQuickInput(window);
  await openContainer(window, "OpaqueVault");
  await treeRow(window, "Secrets", "STRIPE_KEYexposed");
  rmSync(join(folder, "left.txt"));
  await runCommand(window, "OpaqueVault: Take the Exposed Mark Off");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "STRIPE_KEY");
  await typeInto(window, "Master password, to say", PASSWORD);
  await readStatus(window, "shop/dev/STRIPE_KEY is not marked any more");
  assert.equal((await storedInfo(code, "shop/dev/STRIPE_KEY"))?.exposed, undefined);
});

test("a person types into a shell with secrets, and its output is redacted", async () => {
  await closeTerminals();
  await runCommand(window, "OpaqueVault: Open Shell with Secrets");
  await answerApproval(window, "sh", APPROVE);
  await see("(shop/dev)");
  await typeInTerminal("echo shown=$STRIPE_KEY");
  await see("shown=[redacted:STRIPE_KEY]");
  await picture("shell");
});

test("a task of our type runs, and its exit code is that of the command", async () => {
  await closeTerminals();
  const ended = window.inHost(
    (vscode) =>
      new Promise<number | undefined>((resolve) => {
        vscode.tasks.onDidEndTaskProcess(({ exitCode }) => resolve(exitCode));
        void vscode.tasks
          .fetchTasks({ type: "opaquevault" })
          .then((all) => vscode.tasks.executeTask(all.find(({ name }) => name === "ours")!));
      }),
  );
  await answerApproval(window, "echo task=", APPROVE);
  await see("task=[redacted:STRIPE_KEY]");
  await picture("task");
  assert.equal(await ended, 3);
});

test("the command of another task runs in our terminal", async () => {
  await closeTerminals();
  await runCommand(window, "OpaqueVault: Run Task with Secrets");
  await pick(window, "Which task?", "theirs");
  await answerApproval(window, "echo shell=", APPROVE);
  await see("shell=[redacted:STRIPE_KEY]");
});

test("the person sees the shell that an agent opens, types in it, and ends it by closing the terminal", async () => {
  await closeTerminals();
  const opened = callShell({ app: "shop", environment: "dev", input: "echo agent=$STRIPE_KEY" });
  await answerDialog(window, "Shell with secrets", "Yes");
  await answerApproval(window, "sh", APPROVE);
  const result = await opened;
  assert.match(result, /agent=\[redacted:STRIPE_KEY\]/);
  await see("works in this shell, with secrets");
  await see("agent=[redacted:STRIPE_KEY]");
  await typeInTerminal("echo person=$STRIPE_KEY");
  await see("person=[redacted:STRIPE_KEY]");
  await picture("agent-shell");
  await closeTerminals();
  const id = /session_id\W+([0-9a-f]{16})/.exec(result)?.[1] ?? /session ([0-9a-f]{16})/.exec(result)![1]!;
  const after = callShell({ session_id: id, input: "echo" });
  await answerDialog(window, "Shell with secrets", "Yes");
  assert.match(await after, /argument-invalid|ended/);
});

async function callShell(input: object): Promise<string> {
  return await window.inHost(async (vscode, given) => {
    await vscode.commands.executeCommand("workbench.mcp.startServer", "*", { waitForLiveTools: true });
    const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_inject_env"))!;
    const answer = await vscode.lm.invokeTool(tool.name, { input: given, toolInvocationToken: undefined });
    return JSON.stringify(answer.content);
  }, input);
}

async function typeInTerminal(line: string): Promise<void> {
  await window.page.locator(".terminal-wrapper.active .xterm-helper-textarea").focus();
  await window.page.keyboard.type(line);
  await window.page.keyboard.press("Enter");
}

/** Waits until the active terminal shows it. */
async function see(text: string): Promise<void> {
  await window.step(`see "${text}" in the terminal`, async () => {
    const rows = window.page.locator(".terminal-wrapper.active .xterm-rows");
    const until = Date.now() + PATIENCE;
    let shown = "";
    while (!shown.includes(text)) {
      shown =
        (await rows.count()) === 0 ? "" : (await rows.innerText()).replaceAll(/\u00a0/g, " ").replaceAll("\n", "");
      assert.ok(Date.now() < until, `the terminal shows: ${shown}`);
      await window.page.waitForTimeout(100);
    }
  });
}

function creationOptions(): Promise<unknown> {
  return window.inHost((vscode) =>
    vscode.window.terminals.map(({ name, creationOptions }) => ({ name, creationOptions })),
  );
}

async function closeTerminals(): Promise<void> {
  await window.inHost((vscode) => {
    for (const terminal of vscode.window.terminals) terminal.dispose();
  });
  await window.page.locator(".terminal-wrapper").first().waitFor({ state: "detached" });
  // The keyboard goes to another part of the window after that, which would close a list that is just opening.
  await window.page.waitForTimeout(1_000);
}

async function picture(name: string): Promise<void> {
  if (process.env.OV_PICTURES !== undefined)
    await window.page.screenshot({ path: join(process.env.OV_PICTURES, `${name}.png`) });
}
