import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readKit } from "#core/recovery/recovery-kit.ts";
import { recoverVault } from "#core/vault/vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { unlock } from "./harness/agent.ts";
import { type EditorWindow, PATIENCE } from "./harness/editor-window.ts";
import { filesWith } from "./harness/find-value.ts";
import { answerDialog, notifications, readNotification } from "./harness/messages.ts";
import { cancelQuickInput, readQuickInput, runCommand, saveAs, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const PRINT = "Print the recovery kit now";
const OFFERED = "opaquevault-recovery-kit.html";
const PAGE = "from the paper";

let code: VSCode;
let window: EditorWindow;
let folder: string;
let kit: string;
/** Codes of kits that nobody confirmed. */
const given: string[] = [];
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": "sk_test_Zq8mB2xT7wPn4Lk9" });
  folder = code.workspace("shop");
  mkdirSync(join(code.folder, "papers"));
  kit = join(code.folder, "papers", "kit.html");
  window = await code.open(folder);
  await unlock(window);
});
after(() => code.close());

test("a recovery kit takes the master password, and no place in an open folder", async () => {
  await runCommand(window, "OpaqueVault: Make Recovery Kit");
  await typeInto(window, "Master password, to make a new recovery kit", "not the password");
  const { isPassword } = await typeInto(window, "not the master password", PASSWORD);
  assert.equal(isPassword, true);
  await saveAs(window, "Save the recovery kit", OFFERED, join(folder, "kit.html"));
  await readNotification(window, "The recovery kit was not made");
  assert.ok(!existsSync(join(folder, "kit.html")));
});

test("a kit that nobody confirms is deleted: after a cancel, an escape, or a lock of the vault", async () => {
  given.push(await save());
  assert.equal(statSync(kit).mode & 0o777, 0o600);
  const { text } = await answerDialog(window, PRINT, "Cancel");
  assert.ok(!text.includes(given.at(-1)!), text);
  await isGone();

  given.push(await save());
  await answerDialog(window, PRINT, "I Have Printed It");
  await readQuickInput(window, PAGE);
  await cancelQuickInput(window);
  await isGone();

  given.push(await save());
  await answerDialog(window, PRINT, "I Have Printed It");
  await readQuickInput(window, PAGE);
  await window.inHost((vscode) => vscode.commands.executeCommand("opaquevault.lock"));
  await isGone();
  await unlock(window);
});

test("two groups from the paper put a kit in force; its code was in its file only, which then goes", async () => {
  const now = await save();
  await answerDialog(window, PRINT, "I Have Printed It");
  const groups = now.split("-");
  const first = await askedFor();
  assert.equal((await typeInto(window, PAGE, "ZZZZZZ")).isPassword, true);
  await typeInto(window, `Group ${first} is another one`, groups[first - 1]!);
  await readQuickInput(window, "(2/2)");
  const second = await askedFor();
  assert.ok(second > first);
  await typeInto(window, PAGE, groups[second - 1]!.toLowerCase());
  const { text, buttons } = await answerDialog(window, "The recovery kit is confirmed.", "Delete the File");
  assert.deepEqual([...buttons].sort(), ["Delete the File", "Keep It for Now"]);
  assert.ok(!text.includes(now));
  for (const end = Date.now() + PATIENCE; Date.now() < end && existsSync(kit); ) await sleep(50);
  assert.ok(!(await notifications(window)).join().includes(now));
  const clipboard = await window.inHost(async (vscode) => await vscode.env.clipboard.readText());
  assert.ok(!clipboard.includes(now));
  for (const each of [now, ...given]) assert.deepEqual(filesWith(each, code.folder), []);

  const next = Buffer.from("a new password after all");
  const vault = await thisVault(findPaths({ OV_HOME: code.ovHome }));
  for (const each of given) await assert.rejects(recoverVault(vault, each, next), { code: "wrong-password" });
  const { session } = await recoverVault(vault, now, next);
  session.lock();
});

/** Makes a kit as far as its file, and gives its code. */
async function save(): Promise<string> {
  await runCommand(window, "OpaqueVault: Make Recovery Kit");
  await typeInto(window, "Master password, to make a new recovery kit", PASSWORD);
  await saveAs(window, "Save the recovery kit", OFFERED, kit);
  await window.step("see the dialog", () => window.page.locator(".monaco-dialog-box", { hasText: PRINT }).waitFor());
  const page = readFileSync(kit, "utf8");
  assert.match(page, /^<!doctype html>/);
  return readKit(page).code;
}

/** The number of the group that the box asks for. */
async function askedFor(): Promise<number> {
  return Number(/Group (\d) of 6/.exec((await readQuickInput(window, PAGE)).message)![1]);
}

async function isGone(): Promise<void> {
  await readNotification(window, "is deleted, since it was not confirmed");
  assert.ok(!existsSync(kit));
  await runCommand(window, "Notifications: Clear All Notifications");
}
