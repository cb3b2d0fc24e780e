import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { parseContext } from "#core/vault/context.ts";
import { unlock } from "./harness/agent.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { type EditorWindow, PATIENCE } from "./harness/editor-window.ts";
import { filesWith } from "./harness/find-value.ts";
import { answerDialog, notifications, readDialog, readNotification, readStatus } from "./harness/messages.ts";
import { inVault } from "./harness/ov.ts";
import { pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { chooseInMenu, openContainer, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const OV = join(import.meta.dirname, "../../dist/ov.js");
const VIEW = "Secrets";
const DEV = parseContext("shop/dev");
const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";

let server: ApiServer;
/** Ana's, whose environment it is; and that of Ben, who has nothing yet. */
let code: VSCode;
let window: EditorWindow;
let bensCode: VSCode;
let bens: EditorWindow;
before(async () => {
  server = await startApiServer();
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": VALUE, "shop/prod/STRIPE_KEY": VALUE });
  window = await code.open(code.workspace("shop"));
  await openContainer(window, "OpaqueVault");
  await unlock(window);
});
after(async () => {
  await Promise.all([code, bensCode].map((each) => each?.close()));
  await server.close();
});

test("sharing says that it needs a server, and how to get there", async () => {
  await runCommand(window, "OpaqueVault: Invite to Environment");
  await readNotification(window, 'Take yours to one with "OpaqueVault: Move Vault to a Server"');
  await moveToServer();
});

let inviteCode: string;

test("S310 the window makes an invite after the master password, and shows its code in one dialog only", async () => {
  const row = await treeRow(window, VIEW, "dev");
  await chooseInMenu(window, row, "Invite to Environment");
  await pick(window, "Choose what they may do", "writer");
  await typeInto(window, "What you call them", "Ben");
  await typeInto(window, "Master password, to invite to shop/dev as writer", "not the password");
  assert.equal((await typeInto(window, "not the master password", PASSWORD)).isPassword, true);
  const { text, buttons } = await readDialog(window, "An invite to shop/dev as writer");
  inviteCode = /ovi1_[\w-]+/.exec(text)![0];
  assert.deepEqual([...buttons].sort(), ["Close", "Copy"]);
  assert.match(text, /Give it to Ben and nobody else/);
  assert.match(text, /ov share accept CODE/);
  await answerDialog(window, "An invite to shop/dev as writer", "Copy");
  await clipboardBecomes(inviteCode);
  await readNotification(window, "Waiting until Ben accepts");
  await isNowhere(inviteCode);
});

test("who has no vault yet sees who invites, and gets an account, the keys and the secrets by the code", async () => {
  bensCode = await startVSCode();
  bens = await bensCode.open(bensCode.workspace("shop"));
  await openContainer(bens, "OpaqueVault");
  await runCommand(bens, "OpaqueVault: Accept Invite");
  await typeInto(
    bens,
    "The invite code",
    inviteCode.slice(0, 8) + (inviteCode[8] === "A" ? "B" : "A") + inviteCode.slice(9),
  );
  const box = await typeInto(bens, "has a typing error", inviteCode);
  assert.equal(box.isPassword, true);
  const { text } = await readDialog(bens, "Accept the invite to shop/dev as writer?");
  assert.ok(text.replaceAll(/\s+/g, " ").includes(server.words.join(" ")), text);
  assert.ok(!existsSync(join(bensCode.ovHome, "config.json")), "nothing is made before a yes");
  await answerDialog(bens, "Accept the invite to shop/dev as writer?", "Accept");
  await typeInto(bens, "What you call the one who invited you", "Ana");
  await typeInto(bens, "Choose a master password", PASSWORD);
  await typeInto(bens, "once more", PASSWORD);
  await answerDialog(bens, "Your recovery code", "I Have Written It Down");
  await readNotification(bens, "shop/dev is yours to use.");
  await readNotification(window, "Ben is in: writer of shop/dev.");
  await (await treeRow(bens, VIEW, "dev")).click();
  await treeRow(bens, VIEW, "STRIPE_KEY");
});

test("the members are listed with their roles and words, which are the same on both sides", async () => {
  const seen = await members(window);
  const ben = seen.find((item) => item.startsWith("Ben"))!;
  assert.match(ben, /^Ben ?writer ([a-z]+ ){11}[a-z]+$/);
  assert.ok(
    seen.some((item) => /admin · owner · you/.test(item)),
    seen.join("\n"),
  );
  const bensOwn = (await members(bens)).find((item) => item.includes("writer · you"))!;
  assert.equal(wordsAtEnd(bensOwn), wordsAtEnd(ben));
  await pick(bens, "Choose a member", "Ana");
  const { items } = await readQuickInput(bens, "What is to be done with Ana?");
  assert.deepEqual(items, ["Show the Words", "Change the Name …"], "a writer may not change members");
  await pick(bens, "What is to be done with Ana?", "Show the Words");
  await answerDialog(bens, "The words of Ana", "Close");
});

test("a member gets another role after the master password", async () => {
  await pick(window, "Choose a member", "Ben");
  await pick(window, "What is to be done with Ben?", "Change the Role");
  await pick(window, "Choose what Ben may do", "reader");
  await typeInto(window, "Master password, to make Ben reader of shop/dev", PASSWORD);
  await readNotification(window, "Ben is reader of shop/dev now.");
});

test("an environment that is one's own can't be left", async () => {
  await runCommand(window, "OpaqueVault: Leave Environment");
  await readNotification(window, "You are in nobody else's environment");
});

test("who is removed is named with what is to be replaced, before and after", async () => {
  await members(window);
  await pick(window, "Choose a member", "Ben");
  await pick(window, "What is to be done with Ben?", "Remove");
  const { text } = await answerDialog(window, "Remove Ben from shop/dev?", "Cancel");
  assert.match(text, /Replace these at their source.*STRIPE_KEY/s);
  await members(window);
  await pick(window, "Choose a member", "Ben");
  await pick(window, "What is to be done with Ben?", "Remove");
  await answerDialog(window, "Remove Ben from shop/dev?", "Remove");
  await typeInto(window, "Master password, to remove Ben from shop/dev", PASSWORD);
  const done = await answerDialog(window, "Ben is out of shop/dev, which has new keys.", "Close");
  assert.match(done.text, /STRIPE_KEY/);
  const left = await inVault(code, (access) => access.members(DEV));
  assert.equal(left.members.length, 1);
  const marked = await inVault(code, (access) => access.list(DEV));
  assert.match(marked[0]!.exposed!.why, /Ben/);
});

test("who was removed leaves, and the environment goes off their list, with the app that it leaves empty", async () => {
  await runCommand(bens, "OpaqueVault: Leave Environment");
  await pick(bens, "Choose an environment", "shop/dev");
  await answerDialog(bens, "Leave shop/dev?", "Leave");
  await typeInto(bens, "Master password, to leave shop/dev", PASSWORD);
  await readNotification(bens, "You have left shop/dev.");
  assert.deepEqual(await inVault(bensCode, (access) => access.apps()), []);
});

test("an invite that waits is listed, and taken back after a yes", async () => {
  await runCommand(window, "OpaqueVault: Invite to Environment");
  await pick(window, "Choose what to share", "shop/*");
  await pick(window, "Choose what they may do", "reader");
  await typeInto(window, "What you call them", "Cem");
  await typeInto(window, "Master password, to invite to shop/* as reader", PASSWORD);
  await answerDialog(window, "An invite to shop/* as reader", "Close");
  await members(window);
  await pick(window, "Choose a member", "Cem");
  await answerDialog(window, "Take back the invite of Cem to shop/dev?", "Take Back");
  await readStatus(window, "The invite is taken back.");
  await readNotification(window, "The invite to shop/* is over");
});

let token: string;

test("S311 the window makes a token after the master password, and shows it in one dialog only", async () => {
  await chooseInMenu(window, await treeRow(window, VIEW, "dev"), "Create Token");
  await typeInto(window, "Choose what the token reads", "");
  await typeInto(window, "What the token is for", "ci");
  await pick(window, "Choose how long it is good", "7 days");
  await typeInto(window, "Addresses or ranges", "127.0.0.1/99");
  await typeInto(window, "is no address or range", "127.0.0.0/8");
  await typeInto(window, "Master password, to make a token that reads shop/dev", PASSWORD);
  const { text } = await readDialog(window, "The token ci");
  token = /ovt1_[\w-]+/.exec(text)![0];
  assert.match(text, /It reads shop\/dev until .*, from 127\.0\.0\.0\/8\./);
  await answerDialog(window, "The token ci", "Copy");
  await clipboardBecomes(token);
  await isNowhere(token);
});

test("the tokens are listed with their use, and one is ended after a yes", async () => {
  await useToken();
  await runCommand(window, "OpaqueVault: Tokens");
  const { items } = await readQuickInput(window, "Choose a token to revoke it");
  assert.match(items[0]!, /^ci ?shop\/dev used last .* from 127\.0\.0\.1 · until .* · only from 127\.0\.0\.0\/8$/);
  await pick(window, "Choose a token to revoke it", "ci");
  await answerDialog(window, "Revoke the token ci?", "Revoke");
  await readNotification(window, "ci is ended, and shop/dev has new keys.");
  assert.deepEqual(await inVault(code, (access) => access.tokens()), []);
});

async function moveToServer(): Promise<void> {
  await runCommand(window, "OpaqueVault: Move Vault to a Server");
  await typeInto(window, "The server's address", server.url);
  await answerDialog(window, "Are these the words of", "These Are the Words");
  await typeInto(window, "Master password, to move the vault", PASSWORD);
  await answerDialog(window, `The vault is on ${server.url} now.`, "Close");
}

/** As a machine does that has nothing else. */
async function useToken(): Promise<void> {
  const env = { ...process.env, OV_HOME: join(code.folder, "machine"), OV_TOKEN: token };
  const args = [OV, "run", "--", process.execPath, "-e", "process.exit(process.env.STRIPE_KEY ? 0 : 1)"];
  await promisify(execFile)(process.execPath, args, { env, cwd: code.folder });
}

/** The open list of shop/dev. */
async function members(of: EditorWindow): Promise<readonly string[]> {
  await chooseInMenu(of, await treeRow(of, VIEW, "dev"), "Members of an Environment");
  return (await readQuickInput(of, "Choose a member")).items;
}

function wordsAtEnd(item: string): string {
  return /(?:[a-z]+ ){11}[a-z]+$/.exec(item)![0];
}

/** The dialog is gone a moment before what was copied is there. */
async function clipboardBecomes(text: string): Promise<void> {
  const read = () => window.inHost(async (vscode) => await vscode.env.clipboard.readText());
  for (const end = Date.now() + PATIENCE; Date.now() < end && (await read()) !== text; ) await sleep(100);
  assert.equal(await read(), text);
}

/** In no notification, and no file that VS Code, the extension or `ov` wrote. */
async function isNowhere(text: string): Promise<void> {
  assert.ok(!(await notifications(window)).join().includes(text));
  assert.deepEqual(filesWith(text, code.folder), []);
}
