import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { unlock } from "./harness/agent.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog, answerNotification, readDialog, readNotification, readStatus } from "./harness/messages.ts";
import { inVault, storedInfo, storedValue } from "./harness/ov.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const NAME = requireSecretName("API_TOKEN");
const PATH = "shop/dev/API_TOKEN";
const [FIRST, SECOND] = ["tok_first_83hf83hfk3", "tok_second_0dk3jf94"];

let code: VSCode;
let window: EditorWindow;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { [PATH]: FIRST, "shop/dev/OLD_TOKEN": "tok_old_9fk30dk3kd" });
  const folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  window = await code.open(folder);
  await unlock(window);
  await update(SECOND);
});
after(() => code.close());

test("the history names versions, times and devices, and no values; the old value becomes the newest version", async () => {
  await history();
  const { items } = await readQuickInput(window, "Choose a version");
  assert.match(items[0]!, /^Version 2 ?current · .* · by device [0-9a-f]{8}$/);
  assert.match(items[1]!, /^Version 1 ?\w+/);
  assert.doesNotMatch(items.join(), /tok_/);
  await pick(window, "Choose a version", "Version 1");
  await pick(window, "What is to be done with it?", "Roll Back to Version 1");
  await answerDialog(window, `Make version 1 of ${PATH} the current value again?`, "Roll Back");
  await readStatus(window, `Stored ${PATH} (version 3)`);
  assert.equal(await storedValue(code, PATH), FIRST);
  assert.equal(await storedValue(code, PATH, 2), SECOND);
});

test("older versions are destroyed after the master password, and not without", async () => {
  await destroyBefore("Version 3");
  await cancelQuickInput(window);
  assert.equal(await storedValue(code, PATH, 2), SECOND);
  await destroyBefore("Version 3");
  await typeInto(window, "Master password", PASSWORD);
  await readNotification(window, `Destroyed 2 old versions of ${PATH}.`);
  assert.deepEqual(await versions(), [3]);
  assert.equal(await storedValue(code, PATH), FIRST);
});

test("a person who steps back comes to the question before", async () => {
  await update(SECOND);
  await history();
  await pick(window, "Choose a version", "Version 3");
  await readQuickInput(window, "What is to be done with it?");
  await window.page.locator(".quick-input-widget .quick-input-titlebar .codicon-quick-input-back").click();
  await readQuickInput(window, "Choose a version");
  await cancelQuickInput(window);
  assert.deepEqual(await versions(), [4, 3]);
});

test("a deletion names the secret, and is undone by its notification", async () => {
  await remove("API_TOKEN");
  assert.equal(await storedInfo(code, PATH), undefined);
  await answerNotification(window, `Deleted ${PATH}`, "Undo");
  await readStatus(window, `${PATH} is back`);
  assert.equal(await storedValue(code, PATH), SECOND);
});

test("a deleted secret is restored from the list of those", async () => {
  await remove("OLD_TOKEN");
  await runCommand(window, "OpaqueVault: Restore Deleted Secret");
  await pick(window, "Choose an environment", "shop/dev");
  const { items } = await pick(window, "Choose a secret of shop/dev", "OLD_TOKEN");
  assert.equal(items.length, 1, "those that are not deleted are not offered");
  await readStatus(window, "shop/dev/OLD_TOKEN is back");
  assert.equal(await storedValue(code, "shop/dev/OLD_TOKEN"), "tok_old_9fk30dk3kd");
});

test("a deleted secret is destroyed after a yes and the master password, and then nothing brings it back", async () => {
  await remove("OLD_TOKEN");
  await runCommand(window, "OpaqueVault: Destroy Deleted Secret");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "OLD_TOKEN");
  const { text } = await readDialog(window, "Destroy shop/dev/OLD_TOKEN for good?");
  assert.match(text, /Nothing brings them back/);
  await answerDialog(window, "Destroy shop/dev/OLD_TOKEN for good?", "Destroy");
  await typeInto(window, "Master password", "not the password");
  assert.deepEqual(await deleted(), ["OLD_TOKEN"], "a wrong password destroys nothing");
  await typeInto(window, "not the master password", PASSWORD);
  await readStatus(window, "shop/dev/OLD_TOKEN is destroyed");
  assert.deepEqual(await deleted(), []);
});

async function history(): Promise<void> {
  await runCommand(window, "OpaqueVault: Show History of a Secret");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "API_TOKEN");
}

async function destroyBefore(version: string): Promise<void> {
  await history();
  await pick(window, "Choose a version", version);
  await pick(window, "What is to be done with it?", "Destroy the 2 Before");
  await answerDialog(window, `Destroy all versions of ${PATH} before version 3`, "Destroy");
  await readQuickInput(window, "Master password");
}

async function remove(name: string): Promise<void> {
  await runCommand(window, "OpaqueVault: Delete Secret");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", name);
  await answerDialog(window, `Delete shop/dev/${name}?`, "Delete");
  await readNotification(window, `Deleted shop/dev/${name}`);
}

async function update(value: string): Promise<void> {
  const drafts = [{ name: NAME, value: Buffer.from(value) }];
  await inVault(code, (access) => access.write(parseContext("shop/dev"), "update", drafts));
}

async function versions(): Promise<readonly number[]> {
  const all = await inVault(code, (access) => access.history(parseContext("shop/dev"), NAME));
  return all.map(({ version }) => version);
}

async function deleted(): Promise<readonly string[]> {
  const all = await inVault(code, (access) => access.list(parseContext("shop/dev"), { deleted: true }));
  return all.map(({ name }) => name);
}
