import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { randomBuffer } from "#core/crypto/random.ts";
import { combineShares } from "#core/recovery/code-shares.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { parseContext } from "#core/vault/context.ts";
import { CODE_BYTES, formatRecoveryCode } from "#core/vault/recovery-code.ts";
import { createVault } from "#core/vault/vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { lock, unlock } from "./harness/agent.ts";
import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { filesWith } from "./harness/find-value.ts";
import { answerDialog, notifications, readDialog, readNotification } from "./harness/messages.ts";
import { cancelQuickInput, pick, readQuickInput, runCommand, saveAs, typeInto } from "./harness/quick-input.ts";
import { PASSWORD } from "./harness/seeded-vault.ts";
import { openContainer, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const SPLIT = "OpaqueVault: Split Recovery Code into Shares";
const RECOVER = "OpaqueVault: Recover Vault with the Recovery Code";
const OWN = "Your recovery code, from the newest kit";
const TYPED = "Your recovery code, or one of its shares";
const PAPER = "It Is on Paper";
const GROUP = "from the paper";

let server: ApiServer;
let code: VSCode;
let window: EditorWindow;
let folder: string;
let recoveryCode: string;
const shares: string[] = [];
before(async () => {
  server = await startApiServer();
  code = await startVSCode();
  const made = await createVault(await thisVault(findPaths({ OV_HOME: code.ovHome })), Buffer.from(PASSWORD));
  ({ recoveryCode } = made);
  await createEnvironment(made.session, parseContext("shop/dev"));
  made.session.lock();
  folder = code.workspace("shop");
  mkdirSync(join(code.folder, "papers"));
  window = await code.open(folder);
  await openContainer(window, "OpaqueVault");
  await unlock(window);
});
after(async () => {
  await code?.close();
  await server.close();
});

test("only the code that opens this vault is split, and who gives up is told what is left of it", async () => {
  await runCommand(window, SPLIT);
  await typeInto(window, OWN, formatRecoveryCode(randomBuffer(CODE_BYTES)));
  assert.equal((await typeInto(window, "opens this vault no more", recoveryCode)).isPassword, true);
  await pick(window, "How many shares recover together", "2 of 3");
  await answerDialog(window, "Share 1 of 3 of your recovery code", "Cancel");
  await readNotification(window, "Stopped before all shares were on paper");
  await runCommand(window, "Notifications: Clear All Notifications");
});

test("S375 each share is in one dialog and in the file that the person saves, and is confirmed by two of its groups", async () => {
  await runCommand(window, SPLIT);
  await typeInto(window, OWN, recoveryCode);
  await pick(window, "How many shares recover together", "2 of 3");
  const file = join(code.folder, "papers", "share.txt");
  for (let number = 1; number <= 3; number++) {
    const heading = `Share ${number} of 3 of your recovery code`;
    const { text } = await readDialog(window, heading);
    const share = text.replaceAll(/\s+/g, "").match(/(?:[0-9A-Z]{6}-){9}[0-9A-Z]{6}/)![0];
    shares.push(share);
    if (number === 1) await saveInPlaces(heading, file);
    await answerDialog(window, heading, PAPER);
    if (number === 2) {
      await typeInto(window, GROUP, "ZZZZZZ");
      await readQuickInput(window, "is another one. Look again at the paper.");
      await cancelQuickInput(window);
      await answerDialog(window, heading, PAPER);
    }
    await typeGroups(share);
  }
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(readFileSync(file, "utf8").includes(shares[0]!));
  await answerDialog(window, "All 3 shares of set", "Delete the Files");
  await window.step("see the file gone", async () => {
    while (existsSync(file)) await window.page.waitForTimeout(50);
  });
  assert.equal(formatRecoveryCode(await combineShares([shares[0]!, shares[2]!])), recoveryCode);
  const clipboard = await window.inHost(async (vscode) => await vscode.env.clipboard.readText());
  const told = (await notifications(window)).join();
  for (const share of [...shares, recoveryCode]) {
    assert.deepEqual(filesWith(share, code.folder), []);
    assert.ok(!told.includes(share) && !clipboard.includes(share));
  }
});

test("S376 two of the shares recover the vault, and a wrong one is told in the box", async () => {
  await lock(window);
  await runCommand(window, RECOVER);
  await typeInto(window, TYPED, shares[2]!);
  await typeInto(window, "Share 2 of the 2 that it takes", shares[2]!);
  assert.equal((await typeInto(window, "You have typed this share already", shares[0]!)).isPassword, true);
  await newPassword(window);
});

test("S377 where there is no vault it comes from a server by the code; nothing stays of a try that is given up", async () => {
  await runCommand(window, "OpaqueVault: Move Vault to a Server");
  await typeInto(window, "The server's address", server.url);
  await answerDialog(window, "Are these the words of", "These Are the Words");
  await typeInto(window, "Master password, to move the vault", PASSWORD);
  await answerDialog(window, `The vault is on ${server.url} now.`, "Close");
  const { account } = readUserConfig(findPaths({ OV_HOME: code.ovHome }).config);

  const other = await startVSCode();
  try {
    const fresh = await other.open(other.workspace("shop"));
    await openContainer(fresh, "OpaqueVault");
    const asFarAsWords = async (): Promise<void> => {
      await runCommand(fresh, RECOVER);
      await typeInto(fresh, "The server's address", server.url);
      const { text } = await answerDialog(fresh, "Are these the words of", "These Are the Words");
      assert.ok(text.replaceAll(/\s+/g, " ").includes(server.words.join(" ")), text);
      await typeInto(fresh, "It is on the recovery kit", account!);
      assert.equal((await typeInto(fresh, TYPED, recoveryCode)).isPassword, true);
      await readDialog(fresh, "Are these the words of your account?");
    };
    await asFarAsWords();
    await answerDialog(fresh, "Are these the words of your account?", "Cancel");
    assert.equal(readUserConfig(findPaths({ OV_HOME: other.ovHome }).config).server, undefined);
    await asFarAsWords();
    await answerDialog(fresh, "Are these the words of your account?", "These Are the Words");
    await newPassword(fresh);
    await treeRow(fresh, "Secrets", "dev");
  } finally {
    await other.close();
  }
});

/** An open folder is refused, and the share is shown again; another place is taken. */
async function saveInPlaces(heading: string, file: string): Promise<void> {
  await answerDialog(window, heading, "Save to a File …");
  await saveAs(window, "Save the share", ".txt", join(folder, "share.txt"));
  await readDialog(window, "The share was not saved");
  assert.ok(!existsSync(join(folder, "share.txt")));
  await answerDialog(window, heading, "Save to a File …");
  await saveAs(window, "Save the share", ".txt", file);
  await readDialog(window, "Print it, and check the paper.");
}

async function typeGroups(share: string): Promise<void> {
  for (const at of ["(1/2)", "(2/2)"]) {
    const { message } = await readQuickInput(window, at);
    const group = Number(/Group (\d+) of 10/.exec(message)![1]);
    await typeInto(window, GROUP, share.split("-")[group - 1]!);
  }
}

/** Then the code that replaces the one that was used. */
async function newPassword(editor: EditorWindow): Promise<void> {
  await typeInto(editor, "Choose a master password", PASSWORD);
  await typeInto(editor, "once more", PASSWORD);
  const { text } = await answerDialog(editor, "Your recovery code", "I Have Written It Down");
  recoveryCode = /(?:[0-9A-Z]{6}-){5}[0-9A-Z]{6}/.exec(text)![0];
}
