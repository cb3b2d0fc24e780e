import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerApproval, readApproval } from "./harness/approvals.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog } from "./harness/messages.ts";
import { ov } from "./harness/ov.ts";
import { pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { expectTree, openContainer, pressWelcome, type TreeRow, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VIEW = "Secrets";

let code: VSCode;
let window: EditorWindow;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, {
    "shop/dev/STRIPE_KEY": "sk_test_Zq8mB2xT7wPn4Lk9",
    "shop/dev/DATABASE_URL": "postgres://shop:Xw7Rq2Lm9@db/shop",
    "shop/production/STRIPE_KEY": "sk_live_Vb3nM8kQ1zXc5Rt7",
  });
  window = await code.open(code.workspace("shop"));
  await openContainer(window, "OpaqueVault");
});
after(() => code.close());

test("a locked vault shows no names, and an unlocked one its apps and environments", async () => {
  await expectTree(window, VIEW, ({ length }) => length, 0);
  await pressWelcome(window, VIEW, "Unlock");
  await typeInto(window, "Master password", PASSWORD);
  const shown = (all: readonly TreeRow[]) => all.map(({ level, label, description }) => [level, label, description]);
  const rows = await expectTree(window, VIEW, shown, [
    [1, "shop", ""],
    [2, "dev", "2 secrets"],
    [2, "production", "production · 1 secret"],
  ]);
  assert.match(rows[2]!.spoken, /production of shop, 1 secret, every use is asked about/);
});

test("an environment is listed when it is opened, and a screen reader is told of each secret", async () => {
  await (await treeRow(window, VIEW, "dev")).click();
  const rows = await expectTree(window, VIEW, labels, ["shop", "dev", "DATABASE_URL", "STRIPE_KEY", "production"]);
  assert.match(rows[3]!.spoken, /^Secret STRIPE_KEY, version 1, changed /);
});

test("a filter shows what matches wherever it is, says so, and goes again", async () => {
  await runCommand(window, "OpaqueVault: Filter Secrets");
  await typeInto(window, "Words in names", "stripe shop");
  await window.page.getByText('Filtered by "stripe shop": 2 secrets.').waitFor();
  await expectTree(window, VIEW, labels, ["shop", "dev", "STRIPE_KEY", "production", "STRIPE_KEY"]);
  await runCommand(window, "OpaqueVault: Clear Filter");
  await expectTree(window, VIEW, labels, ["shop", "dev", "DATABASE_URL", "STRIPE_KEY", "production"]);
});

test("the selected context is marked in the tree and stands in the status bar", async () => {
  await runCommand(window, "OpaqueVault: Select Context");
  await pick(window, "Select Context", "shop/dev");
  await treeRow(window, VIEW, "active · 2 secrets");
  await window.page.locator(".statusbar-item", { hasText: "shop/dev" }).first().waitFor();
});

test("what a terminal writes appears in the tree by itself", async () => {
  await ov(code, ["env", "create", "shop/staging"]);
  await ov(code, ["secret", "create", "shop/dev/FROM_A_TERMINAL", "--stdin"], "value of a terminal");
  await treeRow(window, VIEW, "FROM_A_TERMINAL");
  await treeRow(window, VIEW, "staging");
});

test("a dragged secret is copied or moved, as the person says, after the master password", async () => {
  const moved = await treeRow(window, VIEW, "STRIPE_KEY");
  await moved.dragTo(await treeRow(window, VIEW, "staging"));
  const asked = await answerDialog(window, "Copy or move STRIPE_KEY from shop/dev to shop/staging?", "Move");
  assert.deepEqual(asked.buttons.toSorted(), ["Cancel", "Copy", "Move"]);
  await typeInto(window, "The master password", "not the password");
  const refused = await readQuickInput(window, "That is not the master password");
  assert.equal(refused.isPassword, true);
  await treeRow(window, VIEW, "STRIPE_KEY"); // a wrong password moves nothing
  await typeInto(window, "master password", PASSWORD);
  await treeRow(window, VIEW, "staging1 secret");
  // A look at the tree between the copy and the deletion shows it in both places.
  await moved.waitFor({ state: "detached" });
});

test("the status bar says that a request waits, and its menu leads there", async () => {
  const run = ov(code, ["run", "--app", "shop", "--env", "dev", "--", "echo", "hello"]).catch((error: Error) => error);
  await readApproval(window, "echo hello");
  await window.page.locator(".statusbar-item.warning-kind", { hasText: "1 request waits for you" }).click();
  const { items } = await readQuickInput(window, "Show What Waits for Approval");
  assert.match(items[0]!, /Show What Waits for Approval/);
  await window.page.keyboard.press("Escape");
  await answerApproval(window, "echo hello", "Deny");
  assert.ok((await run) instanceof Error);
  await window.page.locator(".statusbar-item", { hasText: "1 request waits" }).waitFor({ state: "detached" });
});

function labels(rows: readonly TreeRow[]): readonly string[] {
  return rows.map(({ label }) => label);
}
