import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readBackup } from "#core/vault/backup.ts";
import { lock } from "./harness/agent.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { filesWith, sightingsOf } from "./harness/find-value.ts";
import { answerDialog, readNotification } from "./harness/messages.ts";
import { inVault, ov, storedInfo, storedValue } from "./harness/ov.ts";
import {
  cancelQuickInput,
  openFile,
  pick,
  readQuickInput,
  runCommand,
  saveAs,
  typeInto,
} from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { SPY, whatTheSpySaw } from "./harness/spy.ts";
import { openContainer, pressWelcome, treeRow } from "./harness/tree.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const VALUE = "sk_test_Zq8mB2xT7wPn4Lk9";
const LIVE = "sk_live_Hq7Wn2Kp9Zr4Xb6M";
const PASSPHRASE = "a passphrase of its own 93hf";
const IMPORT = "OpaqueVault: Import Secrets …";
const EXPORT = "OpaqueVault: Export …";

let code: VSCode;
let window: EditorWindow;
let folder: string;
/** Outside of what the window has open, and of what is searched for values afterwards. */
let papers: string;
before(async () => {
  code = await startVSCode({ extensionFolders: [SPY] });
  papers = mkdtempSync(join(tmpdir(), "ov-papers-"));
  const other = join(papers, "other");
  mkdirSync(other);
  seedVault(other, { "shop/dev/STRIPE_KEY": VALUE, "shop/prod/STRIPE_KEY": LIVE });
  await ov({ ...code, ovHome: other }, ["export", join(papers, "backup.ovb")]);
  folder = code.workspace("shop");
  window = await code.open(folder);
  await openContainer(window, "OpaqueVault");
});
after(async () => {
  await code.close();
  rmSync(papers, { recursive: true, force: true });
});

test("a backup becomes the vault, from the view that welcomes who has none", async () => {
  await pressWelcome(window, "Secrets", "Import it");
  await openFile(window, "Import Secrets", join(papers, "backup.ovb"), "Import");
  const { isPassword } = await typeInto(window, "Master password of the backup", "not the password");
  assert.equal(isPassword, true);
  await typeInto(window, "not the master password", PASSWORD);
  const { text } = await readNotification(window, "The vault is restored to");
  assert.match(text, /decrypted and checked: shop\/dev \(1\), shop\/prod \(1\)/);
  await treeRow(window, "Secrets", "prod");
  assert.equal(await storedValue(code, "shop/prod/STRIPE_KEY"), LIVE);
});

test("a backup replaces no vault", async () => {
  await runCommand(window, IMPORT);
  await openFile(window, "Import Secrets", join(papers, "backup.ovb"), "Import");
  await readNotification(window, "a backup replaces none: there is one in");
});

test("S362 a spy beside us finds no value, passphrase or password of what is exported and imported", async () => {
  const sealed = join(papers, "all.ovx");
  await runCommand(window, EXPORT);
  await pick(window, "What shall be exported?", "Encrypted Export under a Passphrase");
  const { items } = await readQuickInput(window, "Choose the environments to export");
  assert.match(items.join("\n"), /shop\/prod ?1 secret · production/);
  await window.page.keyboard.press("Enter");
  await saveAs(window, "Save the encrypted export", ".ovx", sealed);
  await typeInto(window, "Master password, to export shop/dev, shop/prod", PASSWORD);
  assert.equal((await typeInto(window, "Choose a passphrase for the export", PASSPHRASE)).isPassword, true);
  await typeInto(window, "once more", PASSPHRASE);
  await readNotification(window, "it was opened again and compared: shop/dev (1), shop/prod (1)");
  assert.equal(statSync(sealed).mode & 0o777, 0o600);

  const plain = join(papers, "prod.env");
  await runCommand(window, EXPORT);
  await pick(window, "What shall be exported?", "Plain Export of One Environment");
  await pick(window, "Choose an environment", "shop/prod");
  await pick(window, "Choose the format", ".env");
  await saveAs(window, "Save the values in the clear", "shop-prod.env", plain);
  await typeInto(window, "Master password, to export the values of shop/prod", PASSWORD);
  const question = await typeInto(window, "Type shop/prod to do it", "shop/dev");
  assert.match(
    question.message,
    /^STRIPE_KEY would leave the vault, to .*, readable by everything that runs as you\. This is production\./,
  );
  await typeInto(window, "That is not its name", "shop/prod");
  await readNotification(window, "holds the values of shop/prod in the clear");
  assert.equal(readFileSync(plain, "utf8"), `STRIPE_KEY='${LIVE}'\n`);
  assert.equal(statSync(plain).mode & 0o777, 0o600);

  await runCommand(window, IMPORT);
  await openFile(window, "Import Secrets", sealed, "Import");
  await typeInto(window, "Passphrase of the export all.ovx", "not the passphrase");
  await typeInto(window, "That is not the passphrase of this export.", PASSPHRASE);
  await readQuickInput(window, "The file holds several places");
  await window.page.keyboard.press("Enter");
  await pick(window, "Where do they go?", "Choose for Each One");
  await pick(window, "Choose an environment for shop/dev", "New Environment");
  await typeInto(window, "Name the app and its environment", "copy/dev");
  await pick(window, "Choose an environment for shop/prod", "New Environment");
  await typeInto(window, "Name the app and its environment", "copy/prod");
  const preview = await readQuickInput(window, "Choose what to import");
  assert.match(preview.items.join("\n"), /STRIPE_KEY ?new · 24 bytes/);
  await window.page.keyboard.press("Enter");
  await readNotification(window, "Imported 2 into copy/dev, copy/prod; read back, they are the same.");
  assert.equal(await storedValue(code, "copy/prod/STRIPE_KEY"), LIVE);

  const seen = await whatTheSpySaw(window);
  assert.ok(seen.length > 5, "the spy saw something");
  for (const secret of [VALUE, LIVE, PASSPHRASE, PASSWORD]) {
    assert.deepEqual(sightingsOf(secret, seen), []);
    assert.deepEqual(filesWith(secret, code.folder), []);
  }
  const audit = await inVault(code, (access) => access.audit());
  const outcomes = audit.filter(({ action }) => action === "export").map(({ outcome }) => outcome);
  assert.deepEqual(outcomes.toSorted(), [
    "ok: plain dotenv to a file",
    "ok: under a passphrase",
    "ok: under a passphrase",
  ]);
});

test("values go into an open folder only after one more yes", async () => {
  const inside = join(folder, "prod.env");
  await runCommand(window, EXPORT);
  await pick(window, "What shall be exported?", "Plain Export of One Environment");
  await pick(window, "Choose an environment", "shop/prod");
  await pick(window, "Choose the format", ".env");
  await saveAs(window, "Save the values in the clear", "shop-prod.env", inside);
  await answerDialog(window, "Write the values into an open folder?", "Cancel");
  assert.ok(!existsSync(inside));
});

test("a file of another program asks where each of its places goes, and is deleted after a yes", async () => {
  const file = join(papers, "bws.json");
  const entry = (projectId: string, key: string) => ({
    ...{ organizationId: "o", creationDate: "d", projectId },
    ...{ key, value: `${projectId}-4hf83hf83hf` },
  });
  writeFileSync(
    file,
    JSON.stringify([entry("p-dev", "MAIL_KEY"), entry("p-live", "MAIL_KEY"), entry("p-live", "db/pass")]),
  );
  await runCommand(window, IMPORT);
  await openFile(window, "Import Secrets", file, "Import");
  await readQuickInput(window, "The file holds several places");
  await window.page.keyboard.press("Enter");
  await pick(window, "Choose an environment for p-dev", "shop/dev");
  await pick(window, "Choose an environment for p-live", "shop/prod");
  const { items } = await readQuickInput(window, "Choose what to import");
  assert.match(items.join("\n"), /DB_PASS ?new · \d+ bytes · from "db\/pass"/);
  assert.match(items.join("\n"), /Read as Bitwarden Secrets Manager's list/);
  assert.doesNotMatch(items.join("\n"), /4hf83/);
  await window.page.keyboard.press("Enter");
  await readNotification(window, "Imported 3 into shop/dev, shop/prod");
  await answerDialog(window, "It still holds the values in the clear", "Move to Trash");
  await answerDialog(window, "can't be moved to a trash here", "Delete for Good");
  await readNotification(window, "Imported 3");
  assert.equal(await storedValue(code, "shop/prod/MAIL_KEY"), "p-live-4hf83hf83hf");
  assert.equal((await storedInfo(code, "shop/dev/MAIL_KEY"))?.version, 1);
  assert.ok(!existsSync(file));
});

test("a backup needs no password, and no unlocked vault", async () => {
  await lock(window);
  const backup = join(papers, "again.ovb");
  await runCommand(window, EXPORT);
  await pick(window, "What shall be exported?", "Backup of the Whole Vault");
  await saveAs(window, "Save the backup", ".ovb", backup);
  await readNotification(window, "The backup is in");
  const objects = await readBackup(
    (async function* () {
      yield readFileSync(backup);
    })(),
  );
  assert.ok(objects.length > 4);
  assert.ok(!readFileSync(backup).includes(LIVE));
  await runCommand(window, EXPORT);
  await readQuickInput(window, "What shall be exported?");
  await cancelQuickInput(window);
});
