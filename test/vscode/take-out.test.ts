import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { lock, unlock } from "./harness/agent.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog, readNotification, readStatus } from "./harness/messages.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { chooseInMenu, openContainer, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";

let code: VSCode;
let window: EditorWindow;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE });
  const folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  window = await code.open(folder);
  await unlock(window);
});
after(() => code.close());

test("a value is copied after the master password, and leaves the clipboard by itself", async () => {
  await setClipboard("mine");
  await choose("Copy Value");
  await typeInto(window, "take out the value of shop/dev/STRIPE_KEY", "not the password");
  await readQuickInput(window, "not the master password");
  assert.equal(await clipboard(), "mine");
  const { isPassword } = await typeInto(window, "not the master password", PASSWORD);
  assert.equal(isPassword, true);
  const { text, buttons } = await readNotification(window, "Copied the value");
  assert.match(text, /for 30 seconds/);
  assert.deepEqual(buttons, []);
  assert.equal(await clipboard(), VALUE);
  await clipboardBecomes("");
});

test("a lock empties the clipboard at once, but not of what the person copied since", async () => {
  await copyFromTree();
  await lock(window);
  await clipboardBecomes("");
  await unlock(window);
  await copyFromTree();
  await setClipboard("mine");
  await lock(window);
  await unlock(window);
  assert.equal(await clipboard(), "mine");
});

test("a value is shown in a dialog that hands it to nobody", async () => {
  await choose("Reveal Value");
  await typeInto(window, "take out the value of shop/dev/STRIPE_KEY", PASSWORD);
  const { buttons } = await answerDialog(window, VALUE, "Close");
  assert.deepEqual(buttons, ["Close"]);
  assert.equal(await clipboard(), "mine");
});

test("without the master password nothing is shown or copied", async () => {
  for (const command of ["Reveal Value", "Copy Value"]) {
    await choose(command);
    await readQuickInput(window, "take out the value");
    await cancelQuickInput(window);
  }
  assert.equal(await window.page.locator(".monaco-dialog-box").count(), 0);
  assert.equal(await clipboard(), "mine");
});

test("the name is copied as it is, and stays", async () => {
  await choose("Copy Name");
  await readStatus(window, "Copied the name STRIPE_KEY");
  assert.equal(await clipboard(), "STRIPE_KEY");
});

async function choose(command: string): Promise<void> {
  await runCommand(window, `OpaqueVault: ${command}`);
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "STRIPE_KEY");
}

/** By the menu of the tree, which says which secret is meant. */
async function copyFromTree(): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await chooseInMenu(window, await treeRow(window, "Secrets", "STRIPE_KEY"), "Copy Value");
  await typeInto(window, "take out the value of shop/dev/STRIPE_KEY", PASSWORD);
  await clipboardBecomes(VALUE);
}

function clipboard(): Promise<string> {
  return window.inHost(async (vscode) => await vscode.env.clipboard.readText());
}

function setClipboard(text: string): Promise<void> {
  return window.inHost(async (vscode, given) => await vscode.env.clipboard.writeText(given), text);
}

async function clipboardBecomes(text: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(250)) {
    if ((await clipboard()) === text) return;
  }
  assert.equal(await clipboard(), text);
}
