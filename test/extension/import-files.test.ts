import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { sealExport } from "#core/export/sealed-export.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { writeBackup } from "#mcp/device/write-export.ts";
import { DEV, KEY, OTHER, PRODUCTION } from "../core/vault/fixture.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { notified, plan, planCancel, type Reply, shown, unused } from "./fakes/person.ts";
import { type WindowOnDisk, windowOnDisk } from "./fakes/window-on-disk.ts";

const { importSecrets } = await import("#vscode/commands/import/import-secrets.ts");
const { EnvironmentNode } = await import("#vscode/tree/nodes.ts");

const PASSWORD = "correct horse battery";
const PASSPHRASE = "a passphrase of its own";
const VALUE = "sk_live_51Hq8ZrTnW3";
const BAIT = requireSecretName("BAIT");
const FOLDER = temporaryFolder("ov-import-");
const DEV2 = parseContext("shop/dev2");

afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

async function unlockedWindow(): Promise<WindowOnDisk> {
  const made = windowOnDisk();
  await made.vault.create(Buffer.from(PASSWORD));
  await made.vault.access!.createEnvironment(DEV);
  return made;
}

function fileWith(content: string | Uint8Array, name = "file"): string {
  const file = join(mkdtempSync(join(FOLDER, "file-")), name);
  writeFileSync(file, content);
  return file;
}

async function importing(made: WindowOnDisk, file: string, replies: readonly Reply[], argument?: unknown) {
  plan([{ open: file }, ...replies]);
  await importSecrets(made.window, argument);
}

async function stored({ vault }: WindowOnDisk, context = DEV): Promise<Readonly<Record<string, string>>> {
  const access = vault.access!;
  const exists = (await access.apps()).some(({ environments }) =>
    environments.some(({ environment }) => environment === context.environment),
  );
  const names = exists ? (await access.list(context)).filter(({ canary }) => !canary).map(({ name }) => name) : [];
  const pairs = names.map(async (name) => {
    const value = await access.reveal(context, name, undefined, Buffer.from(PASSWORD));
    return [name, Buffer.from(value).toString()];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const ENTRIES = ["p-dev", "p-live", "p-old"].map((projectId) => ({
  ...{ organizationId: "o", creationDate: "d", projectId },
  ...{ key: "KEY", value: `${projectId}-${VALUE}` },
}));

test("a file of several places asks which of them are imported, and where each goes", async () => {
  const made = await unlockedWindow();
  const file = fileWith(JSON.stringify(ENTRIES));
  const places = { pick: ["p-dev", "p-live"] } as const;
  await importing(made, file, [places, { pick: "shop/dev" }, "escape"]);
  assert.deepEqual(await stored(made), {});
  const targets = [{ pick: "shop/dev" }, "back", { pick: "shop/dev" }, { pick: "New Environment …" }] as const;
  await importing(made, file, [places, ...targets, { type: "shop/production" }, "accept", "escape"]);
  assert.deepEqual(await stored(made), { KEY: `p-dev-${VALUE}` });
  assert.deepEqual(await stored(made, PRODUCTION), { KEY: `p-live-${VALUE}` });
  const all = JSON.stringify(shown);
  assert.match(all, /Read as Bitwarden Secrets Manager's list/);
  assert.match(all, /KEY new · 25 bytes/);
  assert.match(all, /Not in the vault, and gone with it: KEY\./);
  assert.match(notified.join(), /Imported 2 into shop\/dev, shop\/production; read back/);
  assert.ok(!all.includes(VALUE));
});

test("two places into one environment are refused where both have a name", async () => {
  const made = await unlockedWindow();
  const file = fileWith(JSON.stringify(ENTRIES));
  const all = [{ pick: ["p-dev", "p-live"] }, { pick: "shop/dev" }, { pick: "shop/dev" }] as const;
  await assert.rejects(importing(made, file, all), /would both write shop\/dev\/KEY/);
  assert.deepEqual(await stored(made), {});
});

test("of two entries that would have one name the person says which, and comments are taken only if they say so", async () => {
  const made = await unlockedWindow();
  const twins = fileWith(JSON.stringify({ "db/key": "first-4hf83h", "db-key": "second-93hf8" }));
  await importing(made, twins, [{ pick: "db-key" }, { pick: "shop/dev" }, "accept", "escape"]);
  assert.deepEqual(await stored(made), { DB_KEY: "second-93hf8" });
  assert.match(JSON.stringify(shown), /DB_KEY new · 12 bytes · from .*db-key/);
  assert.match(JSON.stringify(shown), /db\/key \(another entry of this name is taken\)/);

  const commented = fileWith(JSON.stringify([{ key: "A", value: VALUE, comment: "for payments", type: "shared" }]));
  for (const [answer, description] of [
    ["Leave the Comments Out", ""],
    ["Take Them as Descriptions", "for payments"],
  ] as const) {
    const target = parseContext(description === "" ? "shop/without" : "shop/with");
    await made.vault.access!.createEnvironment(target);
    await importing(made, commented, [{ pick: answer }, "accept", "escape"], new EnvironmentNode(target));
    assert.equal((await made.vault.access!.list(target))[0]?.description, description);
  }
});

test("JSON of a kind that is not known asks what it is", async () => {
  const made = await unlockedWindow();
  const file = fileWith(JSON.stringify([{ name: "A", value: VALUE }]));
  await importing(made, file, ["escape"]);
  assert.match(shown.at(-1)!.join(), /is JSON of a kind that is not known/);
  await assert.rejects(importing(made, file, [{ pick: "Doppler's JSON or YAML" }]), { code: "value-invalid" });
});

test("a file that holds nothing to import says what was left out", async () => {
  const made = await unlockedWindow();
  const file = fileWith("PATH=/x\nEMPTY=\n", ".env");
  await assert.rejects(
    importing(made, file, []),
    /\.env holds nothing that can be imported\. Left out: PATH \(.*EMPTY/,
  );
});

async function sealedFile(): Promise<string> {
  const secrets = [
    { name: KEY, value: Buffer.from(VALUE), description: "a key", tags: ["ci"], allowedHosts: ["api.stripe.com"] },
    { name: BAIT, value: Buffer.from("bait-bait-bait"), canary: true as const },
  ];
  const other = [{ name: OTHER, value: Buffer.from("postgres://u:p4ssw0rd@db/x") }];
  const environments = [
    { context: DEV, secrets },
    { context: PRODUCTION, secrets: other },
  ];
  return fileWith(await sealExport(environments, Buffer.from(PASSPHRASE)), "all.ovx");
}

test("S363 an export under a passphrase opens in the window with that passphrase only, keeps its details, and a decoy stays one", async () => {
  const made = await unlockedWindow();
  const file = await sealedFile();
  await importing(made, file, [{ type: "not the passphrase" }, "escape"]);
  assert.match(shown.at(-1)!.join(), /That is not the passphrase of this export\./);
  assert.deepEqual(await stored(made), {});

  const same = [{ type: PASSPHRASE }, "accept", { pick: "Environments of the Same Names" }, "accept"] as const;
  await assert.rejects(importing(made, file, [...same, "escape"]), { code: "cancelled" });
  assert.match(shown.at(-1)!.join(), /lets the value go to more hosts/);
  assert.deepEqual(await stored(made), {}, "a host takes the master password");

  // Who looks at the other way and comes back gets what they come back to.
  const named = [{ pick: "New Environment …" }, { type: "shop/elsewhere" }, "back", "back", "back"] as const;
  const there = [{ pick: "Choose for Each One …" }, ...named] as const;
  const backAgain = [{ type: PASSPHRASE }, "accept", ...there, ...same.slice(2)] as const;
  await importing(made, file, [...backAgain, { type: PASSWORD }]);
  assert.deepEqual(await stored(made), { STRIPE_KEY: VALUE });
  assert.deepEqual(await stored(made, PRODUCTION), { DATABASE_URL: "postgres://u:p4ssw0rd@db/x" });
  const [bait, key] = await made.vault.access!.list(DEV);
  assert.deepEqual([bait?.name, bait?.canary], ["BAIT", true]);
  assert.deepEqual([key?.description, key?.tags, key?.allowedHosts], ["a key", ["ci"], ["api.stripe.com"]]);
  assert.ok(existsSync(file), "it shows nobody a value, so it stays");
  const all = JSON.stringify([shown, notified]);
  assert.match(all, /with production: shop\/production/);
  assert.match(all, /BAIT new · a decoy/);
  for (const text of [VALUE, "p4ssw0rd", PASSPHRASE]) assert.ok(!all.includes(text), text);

  const each = [{ pick: ["shop/dev"] }, { pick: "New Environment …" }, { type: "shop/dev2" }, "accept"] as const;
  await importing(made, file, [{ type: PASSPHRASE }, ...each, { type: PASSWORD }]);
  assert.deepEqual(await stored(made, DEV2), { STRIPE_KEY: VALUE });
});

test("a damaged export stores nothing", async () => {
  const made = await unlockedWindow();
  const file = await sealedFile();
  const bytes = readFileSync(file);
  bytes[5000]! ^= 1;
  writeFileSync(file, bytes);
  await assert.rejects(importing(made, file, [{ type: PASSPHRASE }]), { code: "backup-invalid" });
  assert.deepEqual(await stored(made), {});
});

test("a cancel of the import ends it between two environments, and says what was imported", async () => {
  const made = await unlockedWindow();
  const file = fileWith(JSON.stringify(ENTRIES));
  const targets = [{ pick: "shop/dev" }, { pick: "New Environment …" }, { type: "shop/dev2" }] as const;
  plan([{ open: file }, { pick: ["p-dev", "p-live"] }, ...targets, "accept"]);
  planCancel("Storing the secrets, and reading them back …");
  await assert.rejects(importSecrets(made.window, undefined), { code: "cancelled" });
  assert.deepEqual(await stored(made), { KEY: `p-dev-${VALUE}` });
  assert.deepEqual(await stored(made, DEV2), {});
  assert.match(notified.join(), /Imported 1 into shop\/dev;/);
  assert.ok(existsSync(file));
});

async function backupFile(): Promise<string> {
  const made = await unlockedWindow();
  await made.vault.access!.write(DEV, "create", [{ name: KEY, value: Buffer.from(VALUE) }]);
  const file = join(mkdtempSync(join(FOLDER, "file-")), "backup.ovb");
  await writeBackup(localVault(made.paths).store, file);
  return file;
}

test("S364 a backup becomes the vault in the window where there is none, by its master password, and replaces none", async () => {
  const file = await backupFile();
  const made = windowOnDisk();
  assert.equal((await made.vault.refresh()).kind, "absent");
  await importing(made, file, [{ type: "not the password" }, "escape"]);
  assert.match(shown.at(-1)!.join(), /not the master password/);
  plan([{ open: file }, { type: PASSWORD }]);
  planCancel("Checking and restoring the backup …");
  await assert.rejects(importSecrets(made.window, undefined), { code: "cancelled" });
  assert.equal((await made.vault.refresh()).kind, "absent");

  const damaged = fileWith(readFileSync(file).map((byte, at) => (at === 300 ? byte ^ 1 : byte)));
  await assert.rejects(importing(made, damaged, [{ type: PASSWORD }]), { code: "backup-invalid" });
  assert.equal((await made.vault.refresh()).kind, "absent");

  await importing(made, file, [{ type: PASSWORD }]);
  assert.equal(made.vault.state.kind, "unlocked");
  assert.deepEqual(await stored(made), { STRIPE_KEY: VALUE });
  assert.match(notified.join(), /decrypted and checked: shop\/dev \(1\)/);

  await made.vault.access!.write(DEV, "update", [{ name: KEY, value: Buffer.from("a newer value") }]);
  await assert.rejects(importing(made, file, []), { code: "vault-exists" });
  await made.vault.lock();
  await assert.rejects(importing(made, file, []), { code: "vault-exists" });
  await made.vault.unlock(Buffer.from(PASSWORD));
  assert.deepEqual(await stored(made), { STRIPE_KEY: "a newer value" });
});
