import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createApp,
  createEnvironment,
  deleteApp,
  deleteEnvironment,
  listApps,
  turnEnvironmentEpoch,
} from "#core/vault/apps.ts";
import { asSecretName, parseContext, requireSecretName } from "#core/vault/context.ts";
import { listSecrets, secretNames } from "#core/vault/secret-list.ts";
import { readSecrets, readVersion, secretHistory } from "#core/vault/secret-read.ts";
import {
  deleteSecret,
  purgeSecret,
  rename,
  rollbackSecret,
  undeleteSecret,
  VERSIONS_KEPT,
  writeDrafts,
} from "#core/vault/secret-write.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put, STAGING } from "./fixture.ts";

test("create refuses a name that exists, update one that doesn't, and neither writes anything", async () => {
  const { session, store } = await newVault();
  await put(session, KEY, "one");
  const before = store.everything();
  await assert.rejects(
    writeDrafts(session, DEV, "create", [
      { name: OTHER, value: Buffer.from("x") },
      { name: KEY, value: Buffer.from("two") },
    ]),
    {
      code: "secret-exists",
    },
  );
  await assert.rejects(writeDrafts(session, DEV, "update", [{ name: OTHER, value: Buffer.from("two") }]), {
    code: "secret-not-found",
  });
  assert.deepEqual(store.everything(), before);
});

test("values of 0 bytes and of 64 KiB + 1 are refused, and one of 64 KiB is kept", async () => {
  const { session } = await newVault();
  await assert.rejects(put(session, KEY, ""), { code: "value-invalid" });
  await assert.rejects(put(session, KEY, Buffer.alloc(65_537, 1)), { code: "value-invalid" });
  await put(session, KEY, Buffer.alloc(65_536, 7));
  assert.deepEqual((await readSecrets(session, DEV, [KEY]))[0]!.value, Buffer.alloc(65_536, 7));
});

test("names that programs load code from are refused as secrets, in any case of letters", () => {
  for (const name of [
    "PATH",
    "LD_PRELOAD",
    "NODE_OPTIONS",
    "BASH_ENV",
    "Path",
    "dyld_insert_libraries",
    "GIT_SSH_COMMAND",
    "GIT_SEQUENCE_EDITOR",
    "MAKEFILES",
    "PythonUserBase",
    "VIMINIT",
    "SYSTEMD_PAGER",
    "GST_PLUGIN_PATH",
    "COR_PROFILER_PATH_64",
    "ANSIBLE_CALLBACK_PLUGINS",
    "XDG_CONFIG_HOME",
    "KUBECONFIG",
    "1A",
    "A B",
    "A=B",
    "",
    "É",
  ]) {
    assert.equal(asSecretName(name), undefined, name);
  }
  for (const name of ["STRIPE_KEY", "_x", "npm_token", "GIT_TOKEN", "CARGO_REGISTRY_TOKEN", "COR_KEY", "A".repeat(128)])
    assert.equal(asSecretName(name), name);
});

test("an update of the description keeps the value", async () => {
  const { session } = await newVault();
  await put(session, KEY, "one");
  await writeDrafts(session, DEV, "update", [
    { name: KEY, description: "for tests", tags: ["billing"], rotateAfterDays: 30 },
  ]);
  await writeDrafts(session, DEV, "update", [{ name: KEY, rotateAfterDays: null }]);
  const [info] = await listSecrets(session, DEV);
  assert.equal(info!.description, "for tests");
  assert.deepEqual(info!.tags, ["billing"]);
  assert.equal(info!.rotateAfterDays, undefined);
  assert.equal(info!.version, 3);
  assert.equal((await readSecrets(session, DEV, [KEY]))[0]!.value.toString(), "one");
});

test("every version stays readable, and a rollback writes a new one", async () => {
  const { session } = await newVault();
  for (const value of ["one", "two", "three"]) await put(session, KEY, value);
  assert.deepEqual(
    (await secretHistory(session, DEV, KEY)).map(({ version }) => version),
    [3, 2, 1],
  );
  assert.equal((await readVersion(session, DEV, KEY, 1)).toString(), "one");
  assert.equal((await rollbackSecret(session, DEV, KEY, 2)).version, 4);
  assert.equal((await readVersion(session, DEV, KEY)).toString(), "two");
  await assert.rejects(readVersion(session, DEV, KEY, 9), { code: "secret-not-found" });
});

test("a deletion can be undone, and a purge can't", async () => {
  const { session, store } = await newVault();
  await put(session, KEY, "one");
  await deleteSecret(session, DEV, KEY);
  assert.deepEqual(await secretNames(session, DEV), []);
  assert.equal((await listSecrets(session, DEV, true))[0]!.name, KEY);
  await assert.rejects(readSecrets(session, DEV, [KEY]), { code: "secret-not-found" });
  await undeleteSecret(session, DEV, KEY);
  assert.equal((await readSecrets(session, DEV, [KEY]))[0]!.value.toString(), "one");
  await assert.rejects(purgeSecret(session, DEV, KEY), { code: "secret-not-found", message: /isn't deleted/ });
  await deleteSecret(session, DEV, KEY);
  await purgeSecret(session, DEV, KEY);
  assert.equal(store.records.size, 0);
  await assert.rejects(undeleteSecret(session, DEV, KEY), { code: "secret-not-found" });
});

test("a secret made again after a deletion continues the version numbers", async () => {
  const { session } = await newVault();
  await put(session, KEY, "one");
  await deleteSecret(session, DEV, KEY);
  const [written] = await writeDrafts(session, DEV, "create", [{ name: KEY, value: Buffer.from("two") }]);
  assert.equal(written!.version, 2);
});

test("older versions are destroyed beyond those that are kept", async () => {
  const { session, store } = await newVault();
  for (let count = 0; count < VERSIONS_KEPT + 3; count++) await put(session, KEY, `value ${count}`);
  assert.equal(store.records.size, VERSIONS_KEPT);
  assert.equal((await secretHistory(session, DEV, KEY)).length, VERSIONS_KEPT);
  await purgeSecret(session, DEV, KEY, 1);
  assert.equal((await secretHistory(session, DEV, KEY)).length, 1);
});

test("a rename keeps the value and its history, and frees the old name", async () => {
  const { session } = await newVault();
  await put(session, KEY, "one");
  await put(session, KEY, "two");
  await rename(session, DEV, KEY, OTHER);
  assert.deepEqual(await secretNames(session, DEV), [OTHER]);
  assert.equal((await readVersion(session, DEV, OTHER, 1)).toString(), "one");
  assert.equal((await readVersion(session, DEV, OTHER)).toString(), "two");
  assert.equal(await put(session, KEY, "new"), 1);
  await assert.rejects(rename(session, DEV, KEY, OTHER), { code: "secret-exists" });
});

test("a new epoch seals every secret again under another key, and the old versions stay readable", async () => {
  const { session, deps, store } = await newVault();
  await put(session, KEY, "one");
  await put(session, KEY, "two");
  await put(session, OTHER, "three");
  await deleteSecret(session, DEV, OTHER);
  const tags = store.manifests.values().next().value!.at(-1)!.items;
  await turnEnvironmentEpoch(session, DEV);
  assert.equal((await (await session.environment(DEV)).load()).head.epoch, 2);
  assert.notDeepEqual(store.manifests.values().next().value!.at(-1)!.items, tags);
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  assert.equal((await readVersion(again, DEV, KEY)).toString(), "two");
  assert.equal((await readVersion(again, DEV, KEY, 1)).toString(), "one");
  await undeleteSecret(again, DEV, OTHER);
  assert.equal((await readVersion(again, DEV, OTHER)).toString(), "three");
  assert.equal(await put(again, KEY, "four"), 3);
});

test("apps and environments are made, listed and deleted, and one that holds secrets is kept", async () => {
  const { session } = await newVault();
  await createEnvironment(session, STAGING);
  await createApp(session, parseContext("blog/x").app);
  await put(session, KEY, "one");
  const apps = await listApps(session);
  assert.deepEqual(
    apps.map(({ app, environments }) => [
      app,
      environments.map(({ environment, secrets }) => `${environment}:${secrets}`),
    ]),
    [
      ["blog", []],
      ["shop", ["dev:1", "staging:0"]],
    ],
  );
  await assert.rejects(createEnvironment(session, DEV), { code: "context-exists" });
  await assert.rejects(deleteEnvironment(session, DEV), { code: "limit-exceeded" });
  await assert.rejects(deleteApp(session, DEV.app), { code: "limit-exceeded" });
  await deleteSecret(session, DEV, KEY);
  await deleteEnvironment(session, DEV);
  await deleteEnvironment(session, STAGING);
  await deleteApp(session, DEV.app);
  await assert.rejects(listSecrets(session, DEV), { code: "context-not-found" });
});

test("two sessions that write at once lose nothing", async () => {
  const { session, deps } = await newVault();
  const second = await unlockVault(deps, PASSWORD);
  const names = Array.from({ length: 20 }, (_, index) => requireSecretName(`NAME_${index}`));
  await Promise.all(names.map((name, index) => put(index % 2 === 0 ? session : second, name, `value ${index}`)));
  assert.equal((await secretNames(session, DEV)).length, 20);
  const read = await readSecrets(second, DEV, names);
  assert.deepEqual(
    read.map((secret) => secret.value.toString()),
    names.map((_, index) => `value ${index}`),
  );
});

test("an environment made by another session is found without unlocking again", async () => {
  const { session, deps } = await newVault();
  const second = await unlockVault(deps, PASSWORD);
  await createEnvironment(session, STAGING);
  assert.equal(await put(second, KEY, "one", STAGING), 1);
});

test("the list tells when a secret was last used by a run", async () => {
  const { session, pass } = await newVault();
  await put(session, KEY, "one");
  assert.equal((await listSecrets(session, DEV))[0]!.lastUsedAt, undefined);
  pass(5000);
  await session.audit({ actor: "test", action: "run", names: [KEY], outcome: "ok" }, DEV);
  assert.equal((await listSecrets(session, DEV))[0]!.lastUsedAt, session.deps.now());
});
