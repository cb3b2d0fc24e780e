import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { unlock } from "./harness/agent.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog } from "./harness/messages.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { chooseInMenu, expectTree, openContainer, type TreeRow, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const ONE = "kZ4tQ9wXr7LmN2vB8sHd";
const TWO = "pX8bV3nMq6WjK1cF5gYs";
const VIEW = "Secrets";

let code: VSCode;
let window: EditorWindow;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, {
    ...{ "shop/dev/SAME": ONE, "shop/staging/SAME": ONE, "shop/dev/OTHER": ONE, "shop/staging/OTHER": TWO },
    ...{ "shop/dev/ONLY_DEV": ONE, "shop/staging/ONLY_STAGING": ONE, "blog/dev/SAME": ONE, "blog/staging/SAME": ONE },
  });
  window = await code.open(code.workspace("shop"));
  await unlock(window);
  await openContainer(window, "OpaqueVault");
});
after(() => code.close());

test("two environments are compared by name after the master password, and no value is shown", async () => {
  await runCommand(window, "OpaqueVault: Compare Environments");
  await pick(window, "Choose an environment", "shop/dev");
  const { items } = await readQuickInput(window, "Choose what to compare shop/dev with");
  assert.equal(items.length, 3, items.join());
  await pick(window, "Choose what to compare shop/dev with", "shop/staging");
  await typeInto(window, "Master password, to compare shop/dev and shop/staging", "not the password");
  assert.equal((await typeInto(window, "not the master password", PASSWORD)).isPassword, true);
  const shown = await readQuickInput(window, "3 of 4 names differ or are missing");
  assert.deepEqual(
    shown.items.map((item) => item.replace(/^([A-Z_]+) ?/, "$1: ")),
    ["OTHER: different values, version 1 and 1", "ONLY_DEV: only in shop/dev", "ONLY_STAGING: only in shop/staging"],
  );
});

test("a name of the list leads to the tree, where both environments show it", async () => {
  await pick(window, "3 of 4 names differ or are missing", "OTHER");
  const filtered = window.page.locator(".sidebar", { hasText: 'Filtered by "OTHER": 2 secrets.' });
  await window.step("see the tree filtered", () => filtered.waitFor());
  const secrets = (rows: readonly TreeRow[]) => rows.filter(({ level }) => level === 3).map(({ label }) => label);
  await expectTree(window, VIEW, secrets, ["OTHER", "OTHER"]);
  await runCommand(window, "OpaqueVault: Clear Filter");
  await treeRow(window, VIEW, "blog");
});

test("the menu of an environment compares it with another one; of equal ones that alone is told", async () => {
  await chooseInMenu(window, await treeRow(window, VIEW, "dev"), "Compare Environments");
  await pick(window, "Choose what to compare blog/dev with", "blog/staging");
  await typeInto(window, "Master password, to compare blog/dev and blog/staging", PASSWORD);
  await answerDialog(window, "blog/dev and blog/staging hold the same names with the same values.", "Close");
});

test("without the master password nothing is told", async () => {
  await chooseInMenu(window, await treeRow(window, VIEW, "dev"), "Compare Environments");
  await pick(window, "Choose what to compare blog/dev with", "blog/staging");
  await readQuickInput(window, "Master password, to compare");
  await cancelQuickInput(window);
  assert.equal(await window.page.locator(".monaco-dialog-box").count(), 0);
});
