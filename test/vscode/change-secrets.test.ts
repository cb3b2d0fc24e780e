import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { unlock } from "./harness/agent.ts";
import type { EditorWindow } from "./harness/editor-window.ts";
import { answerDialog, readNotification, readStatus } from "./harness/messages.ts";
import { storedInfo, storedValue } from "./harness/ov.ts";
import { cancelQuickInput, openFile, pick, readQuickInput, runCommand, typeInto } from "./harness/quick-input.ts";
import { PASSWORD, seedVault } from "./harness/seeded-vault.ts";
import { startVSCode, type VSCode } from "./harness/vs-code.ts";

const TOKEN = "shop/dev/API_TOKEN";
const VALUE = "tok_83hf83hfk3j9f";
const PEM = "-----BEGIN-----\nabc\n-----END-----\n";

let code: VSCode;
let window: EditorWindow;
let folder: string;
before(async () => {
  code = await startVSCode();
  seedVault(code.ovHome, { "shop/dev/STRIPE_KEY": "sk_test_Zq8mB2xT7wPn4Lk9", "blog/dev/X_TOKEN": "abc-def-ghi" });
  folder = code.workspace("shop");
  writeFileSync(join(folder, ".ov.yaml"), "app: shop\nenvironment: dev\n");
  writeFileSync(join(folder, "key.pem"), PEM);
  window = await code.open(folder);
  await unlock(window);
});
after(() => code.close());

test("a secret is created by typing: a taken name is refused, a weak value told, and the value shows as dots", async () => {
  await runCommand(window, "OpaqueVault: Create Secret");
  const contexts = await pick(window, "Choose an environment", "shop/dev");
  assert.match(contexts.items[0]!, /^shop\/dev ?active · 1 secret/, "that of the window comes first");
  await typeInto(window, "Name of the secret", "STRIPE_KEY");
  await typeInto(window, "STRIPE_KEY exists already", "API_TOKEN");
  await pick(window, "Where does the value come from?", "Type It");
  await readQuickInput(window, `Value of ${TOKEN}`);
  await window.page.keyboard.type("admin");
  const box = await typeInto(window, "Too short or too common", VALUE);
  assert.equal(box.isPassword, true);
  await typeInto(window, "What is it for?", `holds ${VALUE}`);
  await typeInto(window, "This holds the value itself", "for the agents $(check) test");
  await typeInto(window, "Tags", "a, b");
  await readStatus(window, `Stored ${TOKEN} (version 1)`);
  const { description, tags } = (await storedInfo(code, TOKEN))!;
  assert.deepEqual([description, tags], ["for the agents $(check) test", ["a", "b"]]);
  assert.equal(await storedValue(code, TOKEN), VALUE);
});

test("words of an agent draw no icons in a list, and closing it changes nothing", async () => {
  await edit();
  const secrets = await readQuickInput(window, "Choose a secret of shop/dev");
  assert.ok(
    secrets.items.some((item) => item.includes("for the agents $(check) test")),
    secrets.items.join(),
  );
  await pick(window, "Choose a secret of shop/dev", "API_TOKEN");
  await pick(window, "What is to change?", "Description");
  await readQuickInput(window, "What is it for?");
  await cancelQuickInput(window);
  assert.equal((await storedInfo(code, TOKEN))?.version, 1);
});

test("days until a new value is due are set, and an impossible number is refused", async () => {
  await edit("API_TOKEN", "Rotation");
  await typeInto(window, "Days after which", "0");
  await typeInto(window, "Use 1 to 3650 days", "90");
  await readStatus(window, `Stored ${TOKEN} (version 2)`);
  assert.equal((await storedInfo(code, TOKEN))?.rotateAfterDays, 90);
});

test("placeholder mode asks for a host, and for the master password", async () => {
  await edit("API_TOKEN", "Placeholder Mode");
  await pick(window, "Programs get a placeholder", "On, in the Usual Places");
  await typeInto(window, "The hosts", "");
  await typeInto(window, "Name one", "api.example.com");
  const { isPassword } = await typeInto(window, "lets the value go to more hosts", "not the password");
  assert.equal(isPassword, true);
  await typeInto(window, "not the master password", PASSWORD);
  await readStatus(window, `Stored ${TOKEN} (version 3)`);
  const info = await storedInfo(code, TOKEN);
  assert.deepEqual(info?.allowedHosts, ["api.example.com"]);
  assert.ok((info?.placeholder ?? []).length > 0);
});

test("a rotated secret gets a generated value after a yes in a dialog, and keeps the old one", async () => {
  await runCommand(window, "OpaqueVault: Rotate Secret");
  await choose("API_TOKEN");
  await pick(window, "Where does the value come from?", "Generate");
  await pick(window, "What kind of value?", "Hex");
  await pick(window, "How long?", "32 bytes");
  await answerDialog(window, `Replace the value of ${TOKEN}?`, "Replace");
  await readStatus(window, `Stored ${TOKEN} (version 4)`);
  assert.match(await storedValue(code, TOKEN), /^[0-9a-f]{64}$/);
  assert.equal(await storedValue(code, TOKEN, 1), VALUE);
});

test("a renamed secret keeps its value", async () => {
  const value = await storedValue(code, TOKEN);
  await edit("API_TOKEN", "Name");
  await typeInto(window, "The new name", "STRIPE_TOKEN");
  await readNotification(window, "API_TOKEN is STRIPE_TOKEN now");
  assert.equal(await storedValue(code, "shop/dev/STRIPE_TOKEN"), value);
  assert.equal(await storedInfo(code, TOKEN), undefined);
});

test("a generated secret lands in an environment that is made on the way", async () => {
  await runCommand(window, "OpaqueVault: Generate Secret");
  await pick(window, "Choose an environment", "New Environment");
  await typeInto(window, "Name the app", "fresh");
  await typeInto(window, "is no context", "fresh/dev");
  await typeInto(window, "Name of the secret", "SIGNING_KEY");
  await pick(window, "What kind of value?", "Ed25519");
  await typeInto(window, "What is it for?", "");
  await typeInto(window, "Tags", "");
  await readStatus(window, "Stored fresh/dev/SIGNING_KEY (version 1)");
  assert.match(await storedValue(code, "fresh/dev/SIGNING_KEY"), /^-----BEGIN PRIVATE KEY-----/);
});

test("a value from a file is all of it, line breaks too", async () => {
  await runCommand(window, "OpaqueVault: Create Secret");
  await pick(window, "Choose an environment", "fresh/dev");
  await typeInto(window, "Name of the secret", "PEM_KEY");
  await pick(window, "Where does the value come from?", "From a File");
  await openFile(window, "Take the value from a file", join(folder, "key.pem"), "Take");
  await typeInto(window, "What is it for?", "");
  await typeInto(window, "Tags", "");
  await readStatus(window, "Stored fresh/dev/PEM_KEY (version 1)");
  assert.equal(await storedValue(code, "fresh/dev/PEM_KEY"), PEM);
});

test("a secret becomes a decoy after a yes in a dialog, and then no command gets it", async () => {
  await edit("STRIPE_KEY", "Make It a Decoy");
  await answerDialog(window, "Make shop/dev/STRIPE_KEY a decoy, for good?", "Make It a Decoy");
  await readStatus(window, "Stored shop/dev/STRIPE_KEY");
  assert.equal((await storedInfo(code, "shop/dev/STRIPE_KEY"))?.canary, true);
  await runCommand(window, "OpaqueVault: Reveal Value");
  await choose("STRIPE_KEY");
  await typeInto(window, "Master password", PASSWORD);
  await readNotification(window, "tried to use a decoy (STRIPE_KEY)");
});

async function edit(name?: string, change?: string): Promise<void> {
  await runCommand(window, "OpaqueVault: Edit Secret");
  await pick(window, "Choose an environment", "shop/dev");
  if (name !== undefined) await pick(window, "Choose a secret of shop/dev", name);
  if (change !== undefined) await pick(window, "What is to change?", change);
}

async function choose(name: string): Promise<void> {
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", name);
}
