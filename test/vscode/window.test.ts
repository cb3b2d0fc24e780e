import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answerDialog } from "./harness/messages.ts";
import { readQuickInput, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { openContainer, pressWelcome } from "./harness/tree.ts";
import { isRestricted, trustFolder } from "./harness/trust.ts";
import { startVSCode } from "./harness/vs-code.ts";

test("a person makes a vault by clicking and typing, and no box shows the password", async (t) => {
  const code = await startVSCode({ workspaceTrust: true });
  t.after(() => code.close());
  const window = await code.open(code.workspace("shop"));
  assert.equal(await isRestricted(window), true);
  await trustFolder(window);

  await openContainer(window, "OpaqueVault");
  await pressWelcome(window, "Secrets", "Create Vault");
  const first = await typeInto(window, "Choose a master password", PASSWORD);
  const second = await typeInto(window, "once more", PASSWORD);
  assert.deepEqual([first.isPassword, second.isPassword], [true, true]);
  const handedOver = await answerDialog(window, "Your recovery code", "I Have Written It Down");
  assert.match(handedOver.text, /\b[A-Z0-9]{6}(-[A-Z0-9]{6}){5}\b/);
  assert.ok(existsSync(join(code.ovHome, "vault")));
});

test("windows of two folders have extension hosts and vault states of their own", async (t) => {
  const code = await startVSCode();
  t.after(() => code.close());
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": "sk_live_of_the_test_0123456789" });
  const [shop, blog] = [await code.open(code.workspace("shop")), await code.open(code.workspace("blog"))];
  assert.deepEqual(
    [await shop.inHost((vscode) => vscode.workspace.name), await blog.inHost((vscode) => vscode.workspace.name)],
    ["shop", "blog"],
  );
  for (const window of [shop, blog]) {
    await openContainer(window, "OpaqueVault");
    await pressWelcome(window, "Secrets", "Unlock");
    const box = await readQuickInput(window, "Master password");
    assert.equal(box.isPassword, true, "each asks for itself");
  }
});
