import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { afterEach, before, test } from "node:test";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { requireSecretName } from "#core/vault/context.ts";
import type { Session } from "#core/vault/session.ts";
import type { Window } from "#vscode/window.ts";
import { DEV, KEY, OTHER, PASSWORD, put } from "../core/vault/fixture.ts";
import { notified, plan, type Reply, shown, unused } from "./fakes/person.ts";
import { windowWithVault } from "./fakes/window-with-vault.ts";

const { COMMANDS, registerCommands } = await import("#vscode/commands.ts");
const { SecretNode, EnvironmentNode } = await import("#vscode/tree/nodes.ts");
const vscode = await import("vscode");

const VALUE = "sk_live_51Hq8ZrTnW3";
const ON_SECRETS = [
  ...["createSecret", "generateSecret", "editSecret", "rotateSecret", "deleteSecret", "restoreSecret"],
  "destroySecret",
  ...["secretHistory", "importSecrets", "copyName", "copyValue", "revealValue"],
] as const;

let window: Window;
let access: VaultAccess;
let session: Session;

before(async () => {
  const made = await windowWithVault();
  ({ window, access, session } = made);
  await put(session, KEY, VALUE);
  registerCommands(window);
});

afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

/** Runs a command as whoever calls it does, and gives what they get. */
async function run(name: (typeof ON_SECRETS)[number], argument: unknown, replies: readonly Reply[], press?: string) {
  plan(replies, press);
  return vscode.commands.executeCommand(`opaquevault.${name}`, argument);
}

async function contents() {
  const list = await access.list(DEV);
  return list.map(({ name, version }) => `${name} ${version}`);
}

async function node(name = KEY) {
  const info = (await access.list(DEV)).find((secret) => secret.name === name);
  return new SecretNode(DEV, info!);
}

async function storedValue(name = KEY): Promise<string> {
  return Buffer.from(await access.reveal(DEV, name, undefined, PASSWORD)).toString("utf8");
}

test("S169 no command on secrets hands anything to its caller, and no list, box or notification shows a value", async () => {
  const password = { type: PASSWORD.toString() };
  assert.equal(await run("copyName", await node(), []), undefined);
  assert.equal(await run("copyValue", await node(), [password]), undefined);
  assert.equal(await vscode.env.clipboard.readText(), VALUE);
  assert.ok(!JSON.stringify(shown).includes(VALUE));
  assert.equal(await run("revealValue", await node(), [password, "escape"]), undefined);
  assert.equal(shown.flat().filter((text) => text === VALUE).length, 1, "the modal dialog shows it");
  assert.ok(!notified.join().includes(VALUE));
  assert.equal(await run("createSecret", undefined, ["escape"]), undefined);
});

test("without the master password no value is copied or shown", async () => {
  await vscode.env.clipboard.writeText("mine");
  await run("copyValue", await node(), [{ type: "not the password" }, "escape"]);
  await run("revealValue", await node(), ["escape"]);
  assert.ok(!JSON.stringify(shown).includes(VALUE));
  assert.equal(await vscode.env.clipboard.readText(), "mine");
});

test("S171 an argument that is no node of our own tree names no secret to a command", async () => {
  const real = await node();
  const lookalikes = [
    { context: real.context, info: real.info },
    Object.assign(Object.create({ constructor: SecretNode }), { ...real }),
    "shop/dev/STRIPE_KEY",
    [real],
    { fsPath: "/project/.env", scheme: "file", path: "/project/.env" },
  ];
  for (const name of ON_SECRETS) {
    for (const argument of lookalikes) {
      assert.equal(await run(name, argument, ["escape"]), undefined);
      const asksWhich = shown[0]?.some((text) => /Choose an environment|open dialog/.test(text));
      assert.ok(asksWhich, `${name} took ${JSON.stringify(argument)}`);
    }
  }
  assert.deepEqual(await contents(), ["STRIPE_KEY 1"]);
});

test("each command of the menu on secrets is in the table", () => {
  for (const name of ON_SECRETS) assert.ok(`opaquevault.${name}` in COMMANDS, name);
});

const CREATE: readonly Reply[] = [
  { pick: "shop/dev" },
  { type: "DATABASE_URL" },
  { pick: "Type It" },
  { type: "postgres://u:p4ssw0rd@db/shop" },
  { type: "the shop's database" },
  { type: "db, team-a" },
];

test("a secret that a person gives up creating is not created, at whatever step", async () => {
  for (let steps = 0; steps < CREATE.length; steps++) {
    await run("createSecret", undefined, [...CREATE.slice(0, steps), "escape"]);
    assert.deepEqual(await contents(), ["STRIPE_KEY 1"]);
  }
});

test("a new environment that a person gives up naming is not made", async () => {
  await run("createSecret", undefined, [{ pick: "New Environment …" }, { type: "blog/dev" }, "escape"]);
  const all = (await access.apps()).map(({ app, environments }) => [app, environments.map((each) => each.environment)]);
  assert.deepEqual(all, [["shop", ["dev"]]]);
});

test("a secret is created step by step, with a way back that keeps the answers", async () => {
  const [context, name, how, value, ...details] = CREATE as [Reply, Reply, Reply, Reply, Reply, Reply];
  const there = [context, name, "back", "back", context, name, how, "back", how, value] as const;
  await run("createSecret", undefined, [...there, ...details]);
  const info = (await access.list(DEV)).find((secret) => secret.name === OTHER);
  assert.equal(info?.description, "the shop's database");
  assert.deepEqual(info?.tags, ["db", "team-a"]);
  assert.equal(await storedValue(OTHER), "postgres://u:p4ssw0rd@db/shop");
  assert.match(notified.join(), /Stored shop\/dev\/DATABASE_URL \(version 1\)/);
});

test("a name that exists, or that programs load code from, is refused in the box", async () => {
  const replies = [{ type: "STRIPE_KEY" }, { type: "LD_PRELOAD" }, { type: "no name" }, "escape"] as const;
  await run("createSecret", new EnvironmentNode(DEV), replies);
  const problems = shown.map((texts) => texts.at(-1));
  assert.match(problems[1]!, /STRIPE_KEY exists already/);
  assert.match(problems[2]!, /programs load code/);
  assert.match(problems[3]!, /can't be the name of a secret/);
});

test("a weak value is told when it is stored", async () => {
  await run("createSecret", new EnvironmentNode(DEV), [
    ...([{ type: "PIN" }, { pick: "Type It" }, { type: "1234" }, { type: "" }, { type: "" }] as const),
  ]);
  assert.match(notified.join(), /too short or too common/);
});

test("a description that holds the value is refused", async () => {
  await run("createSecret", new EnvironmentNode(DEV), [
    ...([
      { type: "TOKEN" },
      { pick: "Type It" },
      { type: "tok_83hf83hf" },
      { type: "it is tok_83hf83hf" },
      "escape",
    ] as const),
  ]);
  assert.match(shown.at(-1)!.at(-1)!, /holds the value itself/);
});

test("a value from the clipboard keeps its line breaks", async () => {
  const pem = "-----BEGIN KEY-----\nabc\ndef\n-----END KEY-----\n";
  await vscode.env.clipboard.writeText(pem);
  const name = requireSecretName("SIGNING_KEY");
  await run("createSecret", new EnvironmentNode(DEV), [
    ...([{ type: name }, { pick: "From the Clipboard" }, { pick: "Store This" }, { type: "" }, { type: "" }] as const),
  ]);
  assert.equal(await storedValue(name), pem);
  assert.ok(!JSON.stringify(shown).includes("abc"));
});

test("a generated value is shown nowhere, and replaces another one only after a modal yes", async () => {
  const target = await node();
  const kinds = [{ pick: "Letters and Digits" }, { pick: "32 characters" }] as const;
  await run("generateSecret", target, [...kinds, "escape"]);
  assert.equal(await storedValue(), VALUE);
  await run("generateSecret", target, [...kinds, { press: "Replace" }]);
  const made = await storedValue();
  assert.match(made, /^[A-Za-z0-9]{32}$/);
  assert.ok(!JSON.stringify(shown).includes(made));
});

test("a rotated secret keeps its details and its old value", async () => {
  await run("editSecret", await node(), [{ pick: "Description" }, { type: "for payments" }]);
  await run("rotateSecret", await node(), [{ pick: "Type It" }, { type: "sk_live_the_next_one" }]);
  assert.equal((await node()).info.description, "for payments");
  assert.equal(await storedValue(), "sk_live_the_next_one");
  const oldest = await access.reveal(DEV, KEY, 1, PASSWORD);
  assert.equal(Buffer.from(oldest).toString(), VALUE);
});

test("another host takes the master password, and nothing changes without", async () => {
  const hosts = [{ pick: "Allowed Hosts" }, { type: "api.stripe.com" }] as const;
  await run("editSecret", await node(), [...hosts, "escape"]);
  assert.deepEqual((await node()).info.allowedHosts, []);
  await run("editSecret", await node(), [...hosts, { type: PASSWORD.toString() }]);
  assert.deepEqual((await node()).info.allowedHosts, ["api.stripe.com"]);
});

test("a secret becomes a decoy only after a modal yes", async () => {
  const name = requireSecretName("ADMIN_TOKEN");
  await access.write(DEV, "create", [{ name, value: Buffer.from("bait-bait-bait") }]);
  await run("editSecret", await node(name), [{ pick: "Make It a Decoy …" }, "escape"]);
  assert.equal((await node(name)).info.canary, false);
  await run("editSecret", await node(name), [{ pick: "Make It a Decoy …" }, { press: "Make It a Decoy" }]);
  assert.equal((await node(name)).info.canary, true);
});

test("a deletion names the secret, is undone from its notification, or later from the list", async () => {
  await run("deleteSecret", await node(OTHER), ["escape"]);
  assert.match(shown[0]![0]!, /shop\/dev\/DATABASE_URL/);
  assert.ok(await node(OTHER));
  await run("deleteSecret", await node(OTHER), [{ press: "Delete" }], "Undo");
  while (!notified.join().includes("is back")) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(notified.join(), /Deleted shop\/dev\/DATABASE_URL.*is back/);
  await run("deleteSecret", await node(OTHER), [{ press: "Delete" }]);
  assert.equal((await access.list(DEV, { deleted: true })).length, 1);
  await run("restoreSecret", undefined, [{ pick: "shop/dev" }, { pick: "DATABASE_URL" }]);
  assert.equal(await storedValue(OTHER), "postgres://u:p4ssw0rd@db/shop");
});

test("a deleted secret is destroyed after a modal yes and the master password only", async () => {
  await put(session, requireSecretName("GONE_KEY"), "gone-3jf8dk2ls9");
  await run("deleteSecret", await node(requireSecretName("GONE_KEY")), [{ press: "Delete" }]);
  const chosen = [{ pick: "shop/dev" }, { pick: "GONE_KEY" }];
  await run("destroySecret", undefined, [...chosen, "escape"]);
  assert.match(shown.at(-1)![0]!, /Destroy shop\/dev\/GONE_KEY for good/);
  await run("destroySecret", undefined, [...chosen, { press: "Destroy" }, "escape"]);
  assert.equal((await access.list(DEV, { deleted: true })).length, 1);
  await run("destroySecret", undefined, [...chosen, { press: "Destroy" }, { type: PASSWORD.toString() }]);
  assert.deepEqual(await access.list(DEV, { deleted: true }), []);
});

test("history goes back to a version, and destroys older ones after the master password only", async () => {
  const count = (await access.history(DEV, KEY)).length;
  const before = { pick: "Version 1" };
  await run("secretHistory", await node(), [before, { pick: "Roll Back to Version 1" }, { press: "Roll Back" }]);
  assert.equal(await storedValue(), VALUE);
  const newest = { pick: `Version ${count + 1}` };
  const purge = { pick: `Destroy the ${count} Before Version ${count + 1} …` };
  await run("secretHistory", await node(), [newest, purge, { press: "Destroy" }, "escape"]);
  assert.equal((await access.history(DEV, KEY)).length, count + 1);
  await run("secretHistory", await node(), [newest, purge, { press: "Destroy" }, { type: PASSWORD.toString() }]);
  assert.equal((await access.history(DEV, KEY)).length, 1);
  assert.equal(await storedValue(), VALUE);
});

test("a secret that is gone meanwhile is told, and nothing is asked", async () => {
  const gone = await node(OTHER);
  await access.delete(DEV, OTHER);
  await run("rotateSecret", gone, []);
  assert.match(notified.join(), /There is no shop\/dev\/DATABASE_URL any more/);
});

test("what was copied or taken from the clipboard is gone from it once the vault locks", async () => {
  await vscode.env.clipboard.writeText("line one\nline two\n");
  await run("createSecret", new EnvironmentNode(DEV), [
    ...([
      { type: "NOTE" },
      { pick: "From the Clipboard" },
      { pick: "Store This" },
      { type: "" },
      { type: "" },
    ] as const),
  ]);
  assert.notEqual(await vscode.env.clipboard.readText(), "");
  await access.lock();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await vscode.env.clipboard.readText(), "");
});
