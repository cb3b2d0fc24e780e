import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnvironment, deleteEnvironment, listApps, turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { verifyVault } from "#core/vault/backup.ts";
import { changeSettings, readSettings } from "#core/vault/environment-settings.ts";
import { tagKey } from "#core/vault/manifest-items.ts";
import { recordRef } from "#core/vault/open-environment.ts";
import { openMeta, openValue } from "#core/vault/record.ts";
import { listSecrets, secretNames } from "#core/vault/secret-list.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import type { Session } from "#core/vault/session.ts";
import { settingsItem, settingsTag } from "#core/vault/settings-item.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put, STAGING } from "./fixture.ts";

async function write(session: Session, text: string, context = DEV): Promise<void> {
  await changeSettings(session, context, "policy", () => Buffer.from(text));
}

async function read(session: Session, context = DEV): Promise<string | undefined> {
  return (await readSettings(session, context))?.toString();
}

test("settings are undefined until they are written, and stay after the vault was locked", async () => {
  const { session, deps } = await newVault();
  assert.equal(await read(session), undefined);
  await write(session, "first");
  await write(session, "second");
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  assert.equal(await read(again), "second");
});

test("an edit gets what was written before, and one that throws changes nothing", async () => {
  const { session } = await newVault();
  await write(session, "first");
  const refusal = new Error("no");
  await assert.rejects(
    changeSettings(session, DEV, "policy", (before) => {
      assert.equal(before?.toString(), "first");
      throw refusal;
    }),
    refusal,
  );
  assert.equal(await read(session), "first");
});

test("settings are no secret: nothing lists, counts, names or reads them as one", async () => {
  const { session } = await newVault();
  await put(session, KEY, "one");
  await write(session, "the settings");
  assert.deepEqual(await secretNames(session, DEV), [KEY]);
  assert.equal((await listSecrets(session, DEV)).length, 1);
  assert.equal((await listSecrets(session, DEV, true)).length, 0);
  assert.equal((await listApps(session))[0]!.environments[0]!.secrets, 1);
  assert.equal((await verifyVault(session)).environments[0]!.secrets, 1);
});

test("an environment that holds settings only can be deleted, and they go with it", async () => {
  const { session, store } = await newVault();
  await createEnvironment(session, STAGING);
  await write(session, "the settings", STAGING);
  assert.equal(store.records.size, 1);
  await deleteEnvironment(session, STAGING);
  assert.equal(store.records.size, 0);
});

test("S100 the settings are stored encrypted, and each environment has its own", async () => {
  const { session, store } = await newVault();
  await createEnvironment(session, STAGING);
  await write(session, "deny-curl-in-dev");
  await write(session, "deny-curl-in-staging", STAGING);
  assert.equal(store.everything().includes("deny-curl"), false);
  assert.equal(await read(session), "deny-curl-in-dev");
  assert.equal(await read(session, STAGING), "deny-curl-in-staging");
});

test("new keys for an environment keep its settings, which then stand under another tag", async () => {
  const { session, deps } = await newVault();
  await put(session, KEY, "one");
  await write(session, "the settings");
  const environment = await session.environment(DEV);
  const before = settingsItem(await environment.load())!;
  await turnEnvironmentEpoch(session, DEV);
  const after = settingsItem(await environment.load())!;
  assert.equal(after.version, before.version);
  assert.notDeepEqual(after.pathTag, before.pathTag);
  assert.equal(await read(session), "the settings");
  await write(session, "changed");
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  assert.equal(await read(again), "changed");
  assert.equal((await readSecrets(again, DEV, [KEY]))[0]!.value.toString(), "one");
});

test("S101 a changed or missing record of settings is vault-damaged, and never no settings", async () => {
  const { session, deps, store } = await newVault();
  await write(session, "the settings");
  const [key, bytes] = [...store.records][0]!;
  session.lock();
  const changed = Buffer.from(bytes);
  changed[changed.length - 1]! ^= 1;
  store.records.set(key, changed);
  await assert.rejects(read(await unlockVault(deps, PASSWORD)), { code: "vault-damaged" });
  store.records.delete(key);
  await assert.rejects(read(await unlockVault(deps, PASSWORD)), { code: "vault-damaged" });
});

test("S101 a record of settings can't be served as a secret, nor a secret as settings", async () => {
  const { session } = await newVault();
  await put(session, KEY, "one");
  await write(session, "the settings");
  const environment = await session.environment(DEV);
  const state = await environment.load();
  const settings = settingsItem(state)!;
  const secret = [...state.items.values()].find((item) => item !== settings)!;
  for (const [item, kind] of [
    [settings, "secret"],
    [secret, "settings"],
  ] as const) {
    const ref = recordRef(item, state.head.epoch);
    const bytes = await environment.record(ref);
    const place = environment.place(ref, item.pathTag);
    assert.throws(() => openValue(state.keys, place, bytes, kind), { code: "vault-damaged" });
  }
  const ref = recordRef(settings, state.head.epoch);
  const bytes = await environment.record(ref);
  const place = environment.place(ref, settings.pathTag);
  assert.throws(() => openMeta(state.keys, place, bytes), { code: "vault-damaged" });
  // Turning the kind's byte doesn't help: the label of the keys' encryption is another, too.
  const turned = Buffer.from(bytes);
  turned[5] = 1;
  assert.throws(() => openValue(state.keys, place, turned), { code: "vault-damaged" });
  assert.equal(state.items.has(tagKey(settingsTag({ ...state.keys, names: STAGING }))), false);
});

test("an old manifest without the settings is a rollback", async () => {
  const { session, deps, store } = await newVault();
  await put(session, KEY, "one");
  await write(session, "strict");
  session.lock();
  const [id, list] = [...store.manifests][0]!;
  store.manifests.set(id, list.slice(0, -1));
  await assert.rejects(read(await unlockVault(deps, PASSWORD)), { code: "rolled-back" });
});

test("two sessions that change settings and secrets at once lose nothing", async () => {
  const { session, deps } = await newVault();
  const second = await unlockVault(deps, PASSWORD);
  const append = (text: string) => (before: Buffer | undefined) =>
    Buffer.concat([before ?? Buffer.alloc(0), Buffer.from(text)]);
  await Promise.all([
    changeSettings(session, DEV, "policy", append("a")),
    changeSettings(second, DEV, "policy", append("b")),
    put(session, KEY, "one"),
    put(second, OTHER, "two"),
  ]);
  assert.equal([...(await read(session))!].sort().join(""), "ab");
  assert.equal((await secretNames(second, DEV)).length, 2);
});

test("old versions of settings are destroyed, and a change is in the audit log", async () => {
  const { session, store } = await newVault();
  for (let count = 0; count < 12; count++) await write(session, `settings ${count}`);
  assert.equal(store.records.size, 5);
  assert.equal(await read(session), "settings 11");
  const last = (await session.auditEntries()).at(-1)!;
  assert.deepEqual([last.body?.action, last.body?.context, last.body?.outcome], ["policy", "shop/dev", "ok"]);
});
