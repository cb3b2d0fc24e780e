import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { newSource, type Source } from "../core/run/rotation/rotated.ts";
import { unlock } from "./harness/agent.ts";
import { answerApproval } from "./harness/approvals.ts";
import { type EditorWindow, PATIENCE } from "./harness/editor-window.ts";
import { filesWith } from "./harness/find-value.ts";
import { answerDialog, answerNotification, notifications, readNotification, readStatus } from "./harness/messages.ts";
import { inVault, ov, storedValue } from "./harness/ov.ts";
import { cancelQuickInput, pick, readQuickInput, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { chooseInMenu, openContainer, readTree, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const OLD = "qvOld-9f2Lw81zXcRt7PbK";
const VIEW = "Secrets";
const PLACES = "Which environments get a new value?";
const PROGRAM = "The program and its arguments";

let code: VSCode;
let window: EditorWindow;
let source: Source;
const ends: (() => void)[] = [];
before(async () => {
  source = newSource({ after: (end: () => void) => ends.push(end) } as unknown as TestContext, OLD);
  code = await startVSCode();
  seedVault(code.ovHome, {
    ...{ "shop/dev/API_KEY": OLD, "shop/dev/ADMIN_TOKEN": "adm-7hTz04mBnKe2xLwQ" },
    ...{ "shop/dev/COOKIE_KEY": OLD, "shop/staging/COOKIE_KEY": OLD, "shop/test/COOKIE_KEY": `${OLD}-2` },
  });
  window = await code.open(code.workspace("shop"));
  await unlock(window);
  await openContainer(window, "OpaqueVault");
  await (await treeRow(window, VIEW, "dev")).click();
});
after(async () => {
  await code?.close();
  for (const end of ends) end();
});

test("S372 a name gets a new value in several environments at once: those that shared one share the new one", async () => {
  await chooseInMenu(window, await treeRow(window, VIEW, "COOKIE_KEY"), "Rotate Secret");
  await readQuickInput(window, PLACES);
  const row = window.page.locator(".quick-input-list .monaco-list-row", { hasText: "shop/staging" }).first();
  await window.step("also choose shop/staging", () => row.click());
  await typeInto(window, PLACES, "");
  await pick(window, "Where does the value come from?", "Generate");
  await pick(window, "What kind of value?", "Hex");
  await pick(window, "How long?", "32 bytes");
  await answerDialog(window, "Replace the value of shop/dev/COOKIE_KEY, shop/staging/COOKIE_KEY?", "Replace");
  await typeInto(window, "Master password, to rotate", "not the password");
  assert.equal((await typeInto(window, "not the master password", PASSWORD)).isPassword, true);
  await readStatus(window, "Rotated COOKIE_KEY in shop/dev, shop/staging.");
  const made = await storedValue(code, "shop/dev/COOKIE_KEY");
  assert.match(made, /^[0-9a-f]{64}$/);
  assert.equal(await storedValue(code, "shop/staging/COOKIE_KEY"), made);
  assert.equal(await storedValue(code, "shop/test/COOKIE_KEY"), `${OLD}-2`);
});

test("S374 a program makes and revokes the value: each of its runs is approved as shown, and its output is redacted", async () => {
  source.alter('echo "for people: $OV_SECRET, the old was $API_KEY" >&2');
  await byProgram();
  await pick(window, "Which other secrets of shop/dev does it need?", "ADMIN_TOKEN");
  await typeInto(window, "Which other secrets of shop/dev does it need?", "");
  const asked = await answerApproval(window, "(make)", "Allow once");
  assert.ok(asked.includes(source.program), asked);
  for (const name of ["API_KEY", "ADMIN_TOKEN"]) assert.ok(asked.includes(name), asked);
  await answerApproval(window, "(revoke)", "Allow once");
  await readStatus(window, "Rotated API_KEY in shop/dev.");
  const value = await storedValue(code, "shop/dev/API_KEY");
  assert.deepEqual(source.valid(), [value]);
  assert.deepEqual(source.steps(), ["make", "revoke"]);
  const screen = window.page.locator(".terminal-wrapper.active .xterm-rows");
  await window.step("see what it printed", () => screen.getByText("for people: API_KEY").first().waitFor());
  assert.ok(!(await screen.innerText()).includes(value));
  for (const each of [value, OLD]) assert.deepEqual(filesWith(each, code.folder), []);
  await closeTerminals();
});

test("a rotation that nobody allows has begun nothing, and one that fails is taken back at both ends", async () => {
  const before = await storedValue(code, "shop/dev/API_KEY");
  await byProgram();
  await typeInto(window, "Which other secrets of shop/dev does it need?", "");
  await answerApproval(window, "(make)", "Deny");
  await closeTerminals();
  source.alter('if test "$OV_ROTATION_STEP" = make; then exit 3; fi');
  await byProgram();
  await typeInto(window, "Which other secrets of shop/dev does it need?", "");
  await answerApproval(window, "(make)", "Allow once");
  await answerApproval(window, "(discard)", "Allow once");
  const screen = window.page.locator(".terminal-wrapper.active .xterm-rows");
  await window.step("see why", () => screen.getByText("exit code 3").first().waitFor());
  assert.deepEqual([await open(), source.valid()], [[], [before]]);
  await closeTerminals();
});

test("S373 one that is cut off stands in the tree and the status bar, and is resumed after a look at its program", async () => {
  const before = await storedValue(code, "shop/dev/API_KEY");
  source.alter('if test "$OV_ROTATION_STEP" = revoke; then exit 7; fi');
  await byProgram();
  await typeInto(window, "Which other secrets of shop/dev does it need?", "");
  await answerApproval(window, "(make)", "Allow once");
  await answerApproval(window, "(revoke)", "Allow once");
  const { text } = await answerNotification(window, "has not ended", "Resume or Give Up …");
  assert.match(text, /The rotation of shop\/dev\/API_KEY has not ended: the new value is stored/);
  const { items } = await readQuickInput(window, "the old one is to be revoked");
  assert.ok(!items.join().includes("Give Up"), "the old value may be revoked already");
  await cancelQuickInput(window);
  await readStatus(window, "rotation not ended");
  await treeRow(window, VIEW, "rotation not ended");
  const row = (await readTree(window, VIEW)).find(({ label }) => label === "API_KEY")!;
  assert.match(row.spoken, /rotation not ended/);
  assert.equal(source.valid().length, 2);

  source.alter("");
  await chooseInMenu(window, await treeRow(window, VIEW, "API_KEY"), "Rotations That Have Not Ended");
  await pick(window, "the old one is to be revoked", "Resumeuntil");
  const shown = await answerDialog(window, "Go on by this program?", "Go On");
  assert.ok(shown.text.includes(source.program), shown.text);
  await answerApproval(window, "(revoke)", "Allow once");
  await readStatus(window, "shop/dev/API_KEY has its new value.");
  const after = await storedValue(code, "shop/dev/API_KEY");
  assert.notEqual(after, before);
  assert.deepEqual([source.valid(), await open()], [[after], []]);
  const status = window.page.locator(".statusbar", { hasText: "rotation not ended" });
  await window.step("see it gone from the status bar", () => status.waitFor({ state: "detached" }));
  await closeTerminals();
});

test("Ctrl-C cuts a program off, and giving up takes back what it made", async () => {
  const before = await storedValue(code, "shop/dev/API_KEY");
  source.alter('if test "$OV_ROTATION_STEP" = make; then sleep 60; fi');
  await byProgram();
  await typeInto(window, "Which other secrets of shop/dev does it need?", "");
  await answerApproval(window, "(make)", "Allow once");
  const made = window.page.locator(".terminal-wrapper.active .xterm-rows").getByText("> ").first();
  await window.step("see it run", () => made.waitFor());
  await window.step("see what it made", async () => {
    for (const end = Date.now() + PATIENCE; Date.now() < end && source.valid().length < 2; )
      await window.page.waitForTimeout(100);
  });
  await window.inHost((vscode) => vscode.window.activeTerminal?.sendText("\u0003", false));
  await answerNotification(window, "has not ended: no new value is kept yet", "Resume or Give Up …");
  source.alter("");
  await pick(window, "no new value is kept yet", "Give Up");
  await answerDialog(window, "Go on by this program?", "Go On");
  await answerApproval(window, "(discard)", "Allow once");
  await readStatus(window, "shop/dev/API_KEY has its old value.");
  assert.deepEqual([await open(), source.valid()], [[], [before]]);
  assert.equal(await storedValue(code, "shop/dev/API_KEY"), before);
  assert.ok(!(await notifications(window)).join().includes(before));
});

test("S384 one that a terminal is at stands in the tree as such, and nothing is offered for it until it is over", async () => {
  const go = join(source.folder, "go");
  source.alter(`for i in $(seq 600); do test -e '${go}' && break; sleep 0.1; done`);
  const ended = ov(code, ["secret", "rotate", "shop/dev/API_KEY", "--", source.program]);
  await answerApproval(window, "(make)", "Allow once");
  await treeRow(window, VIEW, "being rotated in another process");
  await chooseInMenu(window, await treeRow(window, VIEW, "API_KEY"), "Rotate Secret");
  const { buttons } = await readNotification(window, "shop/dev/API_KEY is being rotated in another process");
  assert.deepEqual(
    buttons.filter((button) => /Resume|Give Up/.test(button)),
    [],
  );
  assert.ok(!(await window.page.locator(".statusbar").innerText()).includes("rotation not ended"));
  writeFileSync(go, "");
  await answerApproval(window, "(revoke)", "Allow once");
  await ended;
  const told = window.page.locator("[role=treeitem]", { hasText: "being rotated in another process" });
  await window.step("see it gone from the tree", () => told.waitFor({ state: "detached" }));
  assert.deepEqual([source.valid(), await open()], [[await storedValue(code, "shop/dev/API_KEY")], []]);
});

/** As far as its other secrets. */
async function byProgram(): Promise<void> {
  await chooseInMenu(window, await treeRow(window, VIEW, "API_KEY"), "Rotate Secret");
  await pick(window, "Where does the value come from?", "By a Program …");
  await typeInto(window, PROGRAM, `${source.program} | tee log`);
  await typeInto(window, "What needs a shell goes into a script", source.program);
  await readQuickInput(window, "Which other secrets of shop/dev does it need?");
}

function open(): Promise<readonly string[]> {
  return inVault(code, async (access) => (await access.rotations()).map(({ name }) => name));
}

async function closeTerminals(): Promise<void> {
  await window.inHost((vscode) => {
    for (const terminal of vscode.window.terminals) terminal.dispose();
  });
}
