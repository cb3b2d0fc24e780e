import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { agentRuns, startTools, unlock } from "./harness/agent.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { answerApproval } from "./harness/approvals.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog, readNotification } from "./harness/messages.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, saveAs, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { chooseInMenu, openContainer, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";
const VIEW = "Secrets";
const LIST = "Type to search in all of it";

let server: ApiServer;
let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  server = await startApiServer();
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE, "shop/dev/OTHER": VALUE, "shop/prod/STRIPE_KEY": VALUE });
  folder = code.workspace("shop");
  mkdirSync(join(code.folder, "papers"));
  window = await code.open(folder);
  await unlock(window);
  await startTools(window);
  await openContainer(window, "OpaqueVault");
  const { result } = await agentRuns(window, "echo $STRIPE_KEY", { secrets: ["STRIPE_KEY"] });
  await answerApproval(window, "echo", "Allow once");
  await result;
});
after(async () => {
  await code?.close();
  await server.close();
});

test("S370 the log opens as a list in the window and as no document, and other extensions get nothing of it", async () => {
  const given = window.inHost(async (vscode) => {
    const lookalike = { context: { app: "shop", environment: "prod" }, info: { name: "STRIPE_KEY" } };
    return String(await vscode.commands.executeCommand("opaquevault.showAuditLog", lookalike));
  });
  const { title, items } = await readQuickInput(window, LIST);
  assert.match(title, /^OpaqueVault: Audit Log \(\d+ entries, verified\)$/);
  assert.match(items.join("\n"), /command ended STRIPE_KEY/);
  assert.match(items.join("\n"), /given to a command STRIPE_KEY/);
  const documents = await window.inHost((vscode) =>
    vscode.workspace.textDocuments.map((document) => document.getText()).join("\n"),
  );
  assert.ok(!documents.includes("given to a command"));
  await cancelQuickInput(window);
  assert.equal(await given, "undefined");
});

test("the menu of a secret shows what was done with it; a line of an entry narrows the list to its like", async () => {
  await (await treeRow(window, VIEW, "dev")).click();
  await chooseInMenu(window, await treeRow(window, VIEW, "STRIPE_KEY"), "Show Audit Log");
  const { items } = await readQuickInput(window, LIST);
  assert.match(items[0]!, /^Filter … ?shop\/dev · STRIPE_KEY/);
  assert.ok(!items.join("\n").includes("OTHER"), items.join("\n"));
  await pick(window, LIST, "given to a command");
  const entry = await readQuickInput(window, "Choose a secret, an environment, a client");
  assert.match(entry.items.join("\n"), /[0-9a-f]{64} ?SHA-256 of the command/);
  await pick(window, "Choose a secret, an environment, a client", "client or agent");
  const narrowed = await readQuickInput(window, LIST);
  assert.equal(narrowed.items.filter((item) => /^(given|command)/.test(item)).length, 2);
  await cancelQuickInput(window);
});

test("it is filtered by the keyboard alone, and what is typed is searched in all of it", async () => {
  await runCommand(window, "OpaqueVault: Show Audit Log");
  await pick(window, LIST, "Filter …");
  await pick(window, "By what?", "Environment");
  const { items } = await readQuickInput(window, "Only entries of which one?");
  assert.ok(
    items.some((item) => /^shop\/prod ?\d+ entries/.test(item)),
    items.join("\n"),
  );
  await window.page.keyboard.type("prod");
  await window.page.keyboard.press("Enter");
  const narrowed = await readQuickInput(window, LIST);
  assert.match(narrowed.items[0]!, /^Filter … ?shop\/prod/);
  await window.page.keyboard.type("written stripe_key");
  const found = await readQuickInput(window, "(1 of ");
  assert.match(found.items.join("\n"), /written STRIPE_KEY ?shop\/prod · you/);
  await cancelQuickInput(window);
});

test("S371 what is found is saved where the person says, readable by them alone, and in an open folder after a question", async () => {
  const file = join(code.folder, "papers", "log.csv");
  await exportTo(file);
  await readNotification(window, "entries of the audit log are in");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const text = readFileSync(file, "utf8");
  assert.match(text, /^source,time,received_at,device,/);
  assert.match(text, /,run,shop\/dev,,STRIPE_KEY,/);
  assert.ok(!text.includes(VALUE));
  const inFolder = join(folder, "log.json");
  await exportTo(inFolder);
  await answerDialog(window, "Save the audit log in an open folder?", "Cancel");
  assert.ok(!existsSync(inFolder));
  await runCommand(window, "Notifications: Clear All Notifications");
});

test("a lock of the vault closes the list", async () => {
  await runCommand(window, "OpaqueVault: Show Audit Log");
  await readQuickInput(window, LIST);
  await window.inHost((vscode) => vscode.commands.executeCommand("opaquevault.lock"));
  const list = window.page.locator(".quick-input-widget").filter({ visible: true });
  await window.step("see the list closed", () => list.waitFor({ state: "hidden" }));
  await unlock(window);
});

test("of a vault on a server the list has what the server saw, and when it got each entry", async () => {
  await runCommand(window, "OpaqueVault: Move Vault to a Server");
  await typeInto(window, "The server's address", server.url);
  await answerDialog(window, "Are these the words of", "These Are the Words");
  await typeInto(window, "Master password, to move the vault", PASSWORD);
  await answerDialog(window, `The vault is on ${server.url} now.`, "Close");
  await runCommand(window, "OpaqueVault: Show Audit Log");
  await readQuickInput(window, LIST);
  await window.page.keyboard.type("account created");
  await readQuickInput(window, "(1 of ");
  await pick(window, LIST, "the server");
  const { items } = await readQuickInput(window, "Choose a secret, an environment, a client");
  assert.ok(
    items.some((item) => item.startsWith("account created")),
    items.join("\n"),
  );
  await window.page.keyboard.press("Escape");
  await readQuickInput(window, "(1 of ");
  await window.page.keyboard.press("ControlOrMeta+a");
  await window.page.keyboard.type("given to a command");
  const sent = window.page.locator(".quick-input-list .monaco-list-row", { hasText: "given to a command" }).first();
  await window.step("see what was found", () => sent.waitFor());
  await pick(window, LIST, "given to a command");
  await readQuickInput(window, "when the server got it");
  await window.page.keyboard.press("Escape");
  await readQuickInput(window, LIST);
  await cancelQuickInput(window);
});

async function exportTo(path: string): Promise<void> {
  await runCommand(window, "OpaqueVault: Show Audit Log");
  await pick(window, LIST, "Export …");
  await saveAs(window, "Export the audit log", "opaquevault-audit-log.csv", path);
}
