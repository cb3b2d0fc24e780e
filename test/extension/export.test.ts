import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, before, beforeEach, test } from "node:test";
import { openExport } from "#core/export/sealed-export.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { DEV, KEY, OTHER, PRODUCTION } from "../core/vault/fixture.ts";
import { notified, plan, planCancel, type Reply, shown, unused } from "./fakes/person.ts";
import { type WindowOnDisk, windowOnDisk } from "./fakes/window-on-disk.ts";

const { registerCommands } = await import("#vscode/commands.ts");
const { EnvironmentNode } = await import("#vscode/tree/nodes.ts");
const vscode = await import("vscode");

const PASSWORD = "correct horse battery";
const PASSPHRASE = "a passphrase of its own";
const VALUE = "sk_live_51Hq8ZrTnW3";
const BAIT = requireSecretName("BAIT");
const PLAIN: readonly Reply[] = [
  { pick: "Plain Export of One Environment" },
  { pick: "shop/production" },
  { pick: ".env" },
];
const SEALED = { pick: "Encrypted Export under a Passphrase" };
const BACKUP = { pick: "Backup of the Whole Vault" };

let made: WindowOnDisk;
let access: VaultAccess;
let file: string;
let count = 0;

before(async () => {
  made = windowOnDisk();
  await made.vault.create(Buffer.from(PASSWORD));
  access = made.vault.access!;
  for (const context of [DEV, PRODUCTION]) await access.createEnvironment(context);
  const value = Buffer.from(VALUE);
  await access.write(DEV, "create", [{ name: KEY, value: Buffer.from("dev-value-Kq8mB2xT"), tags: ["ci"] }]);
  await access.write(PRODUCTION, "create", [
    { name: KEY, value },
    { name: OTHER, value: Buffer.from("line one\nline two") },
    { name: BAIT, value: Buffer.from("bait-bait-bait"), canary: true },
  ]);
  registerCommands(made.window);
});

beforeEach(() => {
  file = join(made.home, `out-${count++}`);
});

afterEach(() => {
  open();
  assert.deepEqual(unused(), [], "the person had more to say");
});

async function run(replies: readonly Reply[], argument?: unknown, watch?: (texts: readonly string[]) => void) {
  plan(replies, undefined, watch);
  return vscode.commands.executeCommand("opaquevault.export", argument);
}

/** These are the folders that the window has open. */
function open(...folders: readonly string[]): void {
  Object.assign(vscode.workspace, { workspaceFolders: folders.map((path) => ({ uri: vscode.Uri.file(path) })) });
}

async function exported(): Promise<readonly { readonly names: readonly string[]; readonly outcome: string }[]> {
  return (await access.audit()).filter(({ action }) => action === "export");
}

function saw(value: string): boolean {
  return JSON.stringify([shown, notified]).includes(value);
}

test("S360 a plain export in the window takes the master password and the environment's name, typed, and stands in the audit log; decoys stay", async () => {
  const begun = (await exported()).length;
  for (const given of [[], [{ type: "not the password" }], [{ type: PASSWORD }], [{ type: PASSWORD }, { type: "yes" }]])
    await run([...PLAIN, { save: file }, ...given, "escape"]);
  assert.ok(!existsSync(file));
  assert.equal((await exported()).length, begun);

  await run([...PLAIN, { save: file }, { type: PASSWORD }, { type: "shop/production" }]);
  assert.equal(readFileSync(file, "utf8"), `DATABASE_URL='line one\nline two'\nSTRIPE_KEY='${VALUE}'\n`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const question = shown.find((texts) => texts.join().includes("Type shop/production to do it"))!.join();
  assert.match(
    question,
    /DATABASE_URL, STRIPE_KEY would leave the vault, to .*\. Decoys stay: BAIT\. This is production\./,
  );
  assert.ok(
    shown.flat().some((text) => /^shop\/production.*production$/.test(text)),
    "the list marks it",
  );
  assert.match(notified.join(), /in the clear; read again, they are the same/);
  assert.ok(!saw(VALUE));
  const [entry] = (await exported()).slice(begun);
  assert.deepEqual([entry?.names, entry?.outcome], [["DATABASE_URL", "STRIPE_KEY"], "ok: plain dotenv to a file"]);
});

test("S361 values go into an open folder, also by a link, only after one more yes, and over no file", async () => {
  const folder = join(made.home, "project");
  mkdirSync(join(folder, "sub"), { recursive: true });
  symlinkSync(join(folder, "sub"), join(made.home, "link"));
  open(folder);
  for (const inside of [join(folder, "out.env"), join(folder, "sub/out.env"), join(made.home, "link/out.env")]) {
    await run([...PLAIN, { save: inside }, "escape"]);
    assert.match(shown.at(-1)!.join(), /Write the values into an open folder\?/);
    assert.ok(!existsSync(inside));
  }
  await run([...PLAIN, { save: file }, "escape"]);
  assert.match(shown.at(-1)!.join(), /Master password/, "outside of it there is no such question");
  const answers = [{ press: "Write Them There" }, { type: PASSWORD }, { type: "shop/production" }] as const;
  await run([...PLAIN, { save: join(folder, "out.env") }, ...answers]);
  assert.ok(readFileSync(join(folder, "out.env"), "utf8").includes(VALUE));

  writeFileSync(file, "mine");
  for (const replies of [PLAIN, [SEALED, "accept"], [BACKUP]] as const) {
    await run([...replies, { save: file }]);
    assert.match(notified.join(), /exists already/);
  }
  assert.equal(readFileSync(file, "utf8"), "mine");
});

test("a place outside of the open folders is offered, also where the home folder is open", async () => {
  await run([BACKUP, "escape"]);
  assert.ok(shown.at(-1)![1]!.startsWith(made.home));
  open(made.home);
  await run([BACKUP, "escape"]);
  assert.ok(!shown.at(-1)![1]!.startsWith(made.home));
});

test("S362 no argument says what is exported or where to, no export hands anything to its caller, and no list, box or notification shows a value", async () => {
  const lookalikes = [
    { context: PRODUCTION, file, kind: "plain", password: PASSWORD },
    Object.assign(Object.create({ constructor: EnvironmentNode }), { context: PRODUCTION }),
    ["shop/production", file],
    "plain",
  ];
  for (const argument of lookalikes) {
    assert.equal(await run(["escape"], argument), undefined);
    assert.match(shown[0]!.join(), /What shall be exported\?/);
    await run([{ pick: "Plain Export of One Environment" }, "escape"], argument);
    assert.match(shown.at(-1)!.join(), /Choose an environment/);
    await run([SEALED, "accept", "escape"], argument);
    assert.match(shown.at(-1)!.join(), /Save the encrypted export/);
  }
  const replies: readonly Reply[] = [{ type: PASSWORD }, { type: PASSPHRASE }, { type: PASSPHRASE }];
  assert.equal(await run([SEALED, "accept", { save: file }, ...replies]), undefined);
  assert.equal(await run([BACKUP, { save: `${file}.ovb` }]), undefined);
  for (const text of [VALUE, PASSPHRASE, PASSWORD, "line one"]) assert.ok(!saw(text), text);
});

test("an export under a passphrase holds what was ticked, with its details, and a decoy stays one", async () => {
  await run([
    ...[SEALED, { pick: ["shop/production"] }, { save: file }],
    ...[{ type: PASSWORD }, { type: "short" }, { type: PASSPHRASE }, { type: "another" }, { type: PASSPHRASE }],
  ]);
  assert.match(JSON.stringify(shown), /A passphrase has at least/);
  assert.match(JSON.stringify(shown), /The two are not the same/);
  assert.match(notified.join(), /opened again and compared: shop\/production \(3\)/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const [one, ...others] = await openExport(readFileSync(file), Buffer.from(PASSPHRASE));
  assert.deepEqual(others, []);
  assert.deepEqual(
    one!.secrets.map(({ name, canary }) => [name, canary]),
    [
      ["BAIT", true],
      ["DATABASE_URL", undefined],
      ["STRIPE_KEY", undefined],
    ],
  );
});

test("an environment of the tree is the one that is exported, or the one that is ticked", async () => {
  const node = new EnvironmentNode(DEV);
  const answers = [{ type: PASSWORD }, { type: PASSPHRASE }, { type: PASSPHRASE }] as const;
  await run([SEALED, "accept", { save: file }, ...answers], node);
  const [one, ...others] = await openExport(readFileSync(file), Buffer.from(PASSPHRASE));
  assert.deepEqual([one?.context, one?.secrets[0]?.tags, others], [DEV, ["ci"], []]);
  const plain = [{ pick: "JSON" }, { save: `${file}.json` }, { type: PASSWORD }, { type: "shop/dev" }] as const;
  await run([{ pick: "Plain Export of One Environment" }, ...plain], node);
  assert.deepEqual(JSON.parse(readFileSync(`${file}.json`, "utf8")), { STRIPE_KEY: "dev-value-Kq8mB2xT" });
});

test("a lock of the vault, and a cancel of the work, end an export, and leave no file", async () => {
  const begun = [SEALED, "accept", { save: file }, { type: PASSWORD }] as const;
  let locking: Promise<void> | undefined;
  await run([...begun], undefined, (texts) => {
    if (texts.join().includes("Choose a passphrase")) locking = made.vault.lock();
  });
  await locking;
  assert.ok(!existsSync(file));
  access = await made.vault.unlock(Buffer.from(PASSWORD));

  plan([...begun, { type: PASSPHRASE }, { type: PASSPHRASE }]);
  planCancel("Encrypting the export …");
  await vscode.commands.executeCommand("opaquevault.export");
  plan([...PLAIN, { save: file }, { type: PASSWORD }, { type: "shop/production" }]);
  planCancel("Exporting the values …");
  await vscode.commands.executeCommand("opaquevault.export");
  plan([BACKUP, { save: file }]);
  planCancel("Writing the backup …");
  await vscode.commands.executeCommand("opaquevault.export");
  assert.deepEqual(notified, []);
  assert.deepEqual(
    readdirSync(made.home).filter((name) => join(made.home, name).startsWith(file)),
    [],
  );
});

test("an environment that holds decoys only has nothing to export in the clear", async () => {
  const baits = parseContext("shop/baits");
  await access.createEnvironment(baits);
  await access.write(baits, "create", [{ name: BAIT, value: Buffer.from("bait-bait-bait"), canary: true }]);
  await run([{ pick: "Plain Export of One Environment" }, { pick: ".env" }], new EnvironmentNode(baits));
  assert.match(notified.join(), /shop\/baits holds nothing to export/);
});
