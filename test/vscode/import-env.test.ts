import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { unlock } from "./harness/agent.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog, readNotification } from "./harness/messages.ts";
import { storedInfo, storedValue } from "./harness/ov.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const OLD = "sk_test_Zq8mB2xT7wPn4Lk9";
const ENV = "STRIPE_KEY=sk_test_new_one_93hf\nDATABASE_URL=postgres://u:p4ss@db/x\nPIN=1234\nPATH=/x\n";

let code: VSCode;
let window: EditorWindow;
let file: string;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": OLD });
  const folder = code.workspace("shop");
  file = join(folder, ".env");
  writeFileSync(file, ENV);
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  window = await code.open(folder);
  await unlock(window);
});
after(() => code.close());

test("the preview shows names and what would happen to them, and no values", async () => {
  await choose();
  await pick(window, "shop/dev has 1 of these names already", "Compare the Values");
  await typeInto(window, "Master password, to see which", PASSWORD);
  const { items } = await readQuickInput(window, "Choose what to import");
  assert.match(items.join("\n"), /STRIPE_KEY ?another value than stored/);
  assert.match(items.join("\n"), /DATABASE_URL ?new/);
  assert.match(items.join("\n"), /PIN ?new · weak/);
  assert.match(items.join("\n"), /PATH/);
  assert.doesNotMatch(items.join("\n"), /sk_test|p4ss|1234/);
});

test("closing the preview stores nothing, and leaves the file", async () => {
  await cancelQuickInput(window);
  assert.equal(await storedInfo(code, "shop/dev/DATABASE_URL"), undefined);
  assert.equal(readFileSync(file, "utf8"), ENV);
});

test("only what is new is imported if the person says so, and the file stays after a no", async () => {
  await choose();
  await pick(window, "shop/dev has 1 of these names already", "Go On without Comparing");
  await readQuickInput(window, "Choose what to import");
  await window.page.keyboard.press("Enter");
  await answerDialog(window, "Replace values in shop/dev?", "Import Only the New Ones");
  await readNotification(window, "Imported 2 into shop/dev; read back, they are the same.");
  const { text } = await answerDialog(window, "It still holds the values in the clear", "Cancel");
  assert.match(text, /Not in the vault, and gone with it: STRIPE_KEY; PATH/);
  assert.equal(await storedValue(code, "shop/dev/STRIPE_KEY"), OLD);
  assert.equal(await storedValue(code, "shop/dev/DATABASE_URL"), "postgres://u:p4ss@db/x");
  assert.ok(existsSync(file));
});

test("a value is replaced after a yes by name, and the file is deleted after another", async () => {
  await choose();
  await pick(window, "shop/dev has 3 of these names already", "Compare the Values");
  await typeInto(window, "Master password, to see which", PASSWORD);
  await readQuickInput(window, "Choose what to import");
  await window.page.keyboard.press("Enter");
  const asked = await answerDialog(window, "Replace values in shop/dev?", "Replace");
  assert.match(asked.text, /STRIPE_KEY/);
  assert.doesNotMatch(asked.text, /DATABASE_URL/, "what is stored already gets no new version");
  await answerDialog(window, "It still holds the values in the clear", "Move to Trash");
  await answerDialog(window, "can't be moved to a trash here", "Delete for Good");
  await readNotification(window, "Imported 1 into shop/dev");
  assert.equal(await storedValue(code, "shop/dev/STRIPE_KEY"), "sk_test_new_one_93hf");
  assert.equal(await storedValue(code, "shop/dev/STRIPE_KEY", 1), OLD);
  assert.equal((await storedInfo(code, "shop/dev/DATABASE_URL"))?.version, 1);
  assert.ok(!existsSync(file));
});

async function choose(): Promise<void> {
  await runCommand(window, "OpaqueVault: Import Secrets …");
  await pick(window, "Choose the file to import", ".env");
  await pick(window, "Choose an environment", "shop/dev");
}
