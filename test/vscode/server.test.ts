import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { lock, unlock } from "./harness/agent.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { startRelay } from "./harness/http-relay.ts";
import { answerDialog, readDialog, readNotification, readStatus } from "./harness/messages.ts";
import { inVault, storedValue } from "./harness/ov.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { openContainer, pressWelcome, readMessage, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VIEW = "Secrets";
const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";

let server: ApiServer;
/** The device that the vault comes from, and another one. */
let code: VSCode;
let window: EditorWindow;
let otherCode: VSCode;
let other: EditorWindow;
let account: string;
let accountWords: string;
before(async () => {
  server = await startApiServer();
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE });
  window = await code.open(code.workspace("shop"));
  await openContainer(window, "OpaqueVault");
});
after(async () => {
  await Promise.all([code, otherCode].map((each) => each?.close()));
  await server.close();
});

test("a vault is moved to a server after its words and the master password, and is used there", async () => {
  await runCommand(window, "OpaqueVault: Move Vault to a Server");
  await typeInto(window, "The server's address", "http://vault.example.com");
  await typeInto(window, "is no address of a server", server.url);
  const asked = await answerDialog(window, `Are these the words of ${server.url}?`, "These Are the Words");
  assert.deepEqual(wordsIn(asked.text), server.words);
  const box = await typeInto(window, "Master password, to move the vault", "not the password");
  assert.equal(box.isPassword, true);
  await typeInto(window, "not the master password", PASSWORD);
  const { text } = await answerDialog(window, `The vault is on ${server.url} now.`, "Close");
  account = /\b[0-9a-f]{32}\b/.exec(text)![0];
  accountWords = wordsIn(text).join(" ");
  assert.ok(!existsSync(join(code.ovHome, "vault")), "the vault of before is released");
  await openDev(window);
  await status(window, `On the server ${server.url}`);
});

test("S240 a login in the window sends nothing to a server whose words the person doesn't confirm", async (t) => {
  const relay = await startRelay(server.url);
  t.after(() => relay.close());
  otherCode = await startVSCode();
  other = await otherCode.open(otherCode.workspace("shop"));
  await openContainer(other, "OpaqueVault");
  await pressWelcome(other, VIEW, "Log in");
  await typeInto(other, "The server's address", relay.url);
  await answerDialog(other, "Are these the words of", "Cancel");
  assert.deepEqual(relay.asked, ["GET /.well-known/ov-keys"]);
  assert.ok(!existsSync(join(otherCode.ovHome, "config.json")));
});

test("a login takes the account, the master password and a look at the account's words", async () => {
  await beginLogin("not the password");
  await typeInto(other, "Check both", PASSWORD);
  const asked = await answerDialog(other, "Are these the words of your account?", "These Are the Words");
  assert.equal(wordsIn(asked.text).join(" "), accountWords);
  await readNotification(other, `Logged in to ${server.url}.`);
  await openDev(other);
  assert.equal(await storedValue(otherCode, "shop/dev/STRIPE_KEY"), VALUE);
});

test("what one device writes appears on the other", async () => {
  await write(otherCode, "FROM_THE_OTHER");
  await treeRow(window, VIEW, "FROM_THE_OTHER");
});

test("without the server secrets are read as they were, changes wait, and the window says so", async () => {
  await runCommand(window, "OpaqueVault: Sync Now");
  await readNotification(window, "Fetched 2 secrets in 1 environments. For 24 hours they can be used offline.");
  await server.stop();
  await statusItem(window, "offline");
  await readMessage(window, VIEW, /^Offline: no answer from .* as they were at .*; changes wait/);
  await treeRow(window, VIEW, "STRIPE_KEY");
  await runCommand(window, "OpaqueVault: Reveal Value");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "STRIPE_KEY");
  await typeInto(window, "Master password", PASSWORD);
  await answerDialog(window, VALUE, "Close");
  await runCommand(window, "OpaqueVault: Delete Secret");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "STRIPE_KEY");
  await answerDialog(window, "Delete shop/dev/STRIPE_KEY?", "Delete");
  await readNotification(window, "No answer from");
  await server.start();
  await statusItem(window, "offline", "detached");
  await readMessage(window, VIEW, undefined);
});

test("another server at the same address is sent nothing, and the window says so", async () => {
  await server.stop();
  const impostor = await startApiServer(Number(new URL(server.url).port));
  try {
    await statusItem(window, "another server");
    await readMessage(window, VIEW, /is not the server whose words you confirmed/);
    await runCommand(window, "OpaqueVault: Sync Now");
    await readNotification(window, "Nothing was sent to it");
  } finally {
    await impostor.close();
  }
  await server.start();
  await statusItem(window, "another server", "detached");
});

test("the devices are listed with their words, and another one is ended after a yes", async () => {
  const { items } = await devices();
  assert.ok(items.join("\n").includes(server.words.join(" ")), items.join("\n"));
  assert.ok(items.join("\n").includes(accountWords));
  assert.equal(items.filter((item) => item.includes("last seen")).length, 2);
  assert.equal(items.filter((item) => item.includes("this one")).length, 1);
  const ended = /^[0-9a-f]{32}/.exec(items.find((item) => /^[0-9a-f]{32}(?!.*this one)/.test(item))!)![0];
  await pick(window, "Devices of a Server", ended);
  await answerDialog(window, `End the device ${ended}?`, "End Device");
  await readStatus(window, `The device ${ended} is ended`);
  await statusItem(other, "logged out");
  await readMessage(other, VIEW, /takes no calls of this device/);
});

test("a device that the server has ended logs out, and has no vault then", async () => {
  await runCommand(other, "OpaqueVault: Log Out of the Server");
  await answerDialog(other, `Log out of ${server.url}?`, "Log Out");
  await readNotification(other, `Logged out of ${server.url}.`);
  await pressWelcome(other, VIEW, "Log in");
  await cancelQuickInput(other);
  assert.ok(!existsSync(join(otherCode.ovHome, "state/server")), "login and cache are gone");
});

test("a server that can't be told is left only after another yes", async () => {
  await beginLogin(PASSWORD);
  await answerDialog(other, "Are these the words of your account?", "These Are the Words");
  await readNotification(other, `Logged in to ${server.url}.`);
  await server.stop();
  await runCommand(other, "OpaqueVault: Log Out of the Server");
  await answerDialog(other, `Log out of ${server.url}?`, "Log Out");
  const { text } = await readDialog(other, "Forget the login here all the same?");
  assert.match(text, /No answer from/);
  await answerDialog(other, "Forget the login here all the same?", "Cancel");
  assert.ok(existsSync(join(otherCode.ovHome, "state/server/login.json")));
  await runCommand(other, "OpaqueVault: Log Out of the Server");
  await answerDialog(other, `Log out of ${server.url}?`, "Log Out");
  await answerDialog(other, "Forget the login here all the same?", "Log Out");
  await readNotification(other, "The server was not told. Remove the device");
  await server.start();
});

test("a vault is moved back to this machine, and is there without the server", async () => {
  await runCommand(window, "OpaqueVault: Move Vault to This Machine");
  await answerDialog(window, `Move the vault from ${server.url} to this machine?`, "Move Vault");
  await typeInto(window, "Master password, to move the vault", PASSWORD);
  await readNotification(window, "2 secrets, each decrypted and checked");
  await server.stop();
  assert.equal(await storedValue(code, "shop/dev/STRIPE_KEY"), VALUE);
  await lock(window);
  await unlock(window);
  await treeRow(window, VIEW, "shop");
});

/** Up to the master password. */
async function beginLogin(password: string): Promise<void> {
  await runCommand(other, "OpaqueVault: Log In to a Server");
  await typeInto(other, "The server's address", server.url);
  await answerDialog(other, "Are these the words of", "These Are the Words");
  await typeInto(other, "Your account", "no account");
  await typeInto(other, "32 digits and letters a-f", account);
  await typeInto(other, "Master password of the account", password);
}

async function devices() {
  await runCommand(window, "OpaqueVault: Devices of a Server");
  return readQuickInput(window, "Devices of a Server");
}

async function write(on: VSCode, name: string): Promise<void> {
  const drafts = [{ name: requireSecretName(name), value: Buffer.from("value-of-the-other-device") }];
  await inVault(on, (access) => access.write(parseContext("shop/dev"), "create", drafts));
}

/** The secrets of shop/dev are in the tree. */
async function openDev(on: EditorWindow): Promise<void> {
  await (await treeRow(on, VIEW, "dev")).click();
  await treeRow(on, VIEW, "STRIPE_KEY");
}

/** What a screen reader says of our status bar item. */
async function status(on: EditorWindow, text: string): Promise<void> {
  await on.step(`hear "${text}" of the status bar`, () =>
    on.page.locator(`.statusbar [aria-label*="${text}"]`).first().waitFor({ state: "attached" }),
  );
}

async function statusItem(on: EditorWindow, text: string, state: "visible" | "detached" = "visible"): Promise<void> {
  await on.step(`see "${text}" ${state} in the status bar`, () =>
    on.page.locator(".statusbar-item", { hasText: text }).first().waitFor({ state }),
  );
}

/** The twelve words that stand in rows of four. */
function wordsIn(text: string): readonly string[] {
  const rows = text.split("\n").filter((line) => /^[a-z]+(\s+[a-z]+){3}$/.test(line.trim()));
  return rows.flatMap((row) => row.trim().split(/\s+/));
}
