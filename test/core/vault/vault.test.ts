import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp, createEnvironment } from "#core/vault/apps.ts";
import { parseContext } from "#core/vault/context.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import { acceptRestore, createVault, recoverVault, unlockVault } from "#core/vault/vault.ts";
import { DEV, KEY, newVault, PASSWORD, put, STAGING } from "./fixture.ts";
import { MemoryDevice, MemoryStore } from "./memory-store.ts";

const BLOG = parseContext("blog/x").app;

test("a secret comes back, byte for byte, after locking and unlocking", async () => {
  const { deps, session } = await newVault();
  const value = Buffer.from([0xff, 0, 0x80, 10, 13, 0xc3]);
  await put(session, KEY, value);
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  const [secret] = await readSecrets(again, DEV, [KEY]);
  assert.deepEqual(secret!.value, value);
});

test("S15 a wrong password opens nothing, and the try is in the audit log of the next unlock", async () => {
  const { deps, session } = await newVault();
  session.lock();
  await assert.rejects(unlockVault(deps, Buffer.from("wrong horse battery")), { code: "wrong-password" });
  const again = await unlockVault(deps, PASSWORD);
  const actions = (await again.auditEntries()).map((entry) => entry.body?.action);
  assert.deepEqual(actions.slice(-2), ["unlock-failed", "unlock"]);
});

test("S16 after lock the session refuses every read and its keys are overwritten", async () => {
  const { session } = await newVault();
  await put(session, KEY, "sk_live_1234567890");
  const account = await session.account();
  const environment = await session.environment(DEV);
  const keys = environment.keysOf(1);
  session.lock();
  await assert.rejects(readSecrets(session, DEV, [KEY]), { code: "vault-locked" });
  for (const key of [
    account.seeds.sign,
    account.seeds.kem,
    ...account.keys.values(),
    keys.wrap,
    keys.index,
    keys.audit,
  ]) {
    assert.ok(key.every((byte) => byte === 0));
  }
});

test("S17 the store holds no value, name of an app, environment or secret, and no password", async () => {
  const { session, store } = await newVault();
  const context = parseContext("shopfront/development");
  await createEnvironment(session, context);
  await put(session, KEY, "sk_live_1234567890", context);
  const stored = store.everything();
  for (const text of ["sk_live_1234567890", "STRIPE_KEY", "shopfront", "development", PASSWORD.toString()]) {
    for (const form of [text, Buffer.from(text).toString("base64").slice(0, 8), Buffer.from(text).toString("hex")]) {
      assert.equal(stored.includes(form), false, form);
    }
  }
});

test("changing the password writes one object, and only the new password opens the vault", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "value-one");
  const before = { accounts: store.accounts.length, records: store.records.size };
  const next = Buffer.from("a different passphrase");
  await assert.rejects(session.changePassword(Buffer.from("not the old one"), next), { code: "wrong-password" });
  await session.changePassword(PASSWORD, next);
  assert.equal(store.accounts.length, before.accounts + 1);
  assert.equal(store.records.size, before.records);
  session.lock();
  await assert.rejects(unlockVault(deps, PASSWORD), { code: "wrong-password" });
  const again = await unlockVault(deps, next);
  assert.equal((await readSecrets(again, DEV, [KEY]))[0]!.value.toString(), "value-one");
});

test("a short master password is refused before anything is written", async () => {
  const deps = { store: new MemoryStore(), device: new MemoryDevice(), now: Date.now };
  await assert.rejects(createVault(deps, Buffer.from("too short")), { code: "argument-invalid" });
  assert.equal(deps.store.accounts.length, 0);
});

test("the same password in another Unicode form opens the vault", async () => {
  const deps = { store: new MemoryStore(), device: new MemoryDevice(), now: Date.now };
  const { session } = await createVault(deps, Buffer.from("pässwörd und mehr".normalize("NFC")));
  session.lock();
  const again = await unlockVault(deps, Buffer.from("pässwörd und mehr".normalize("NFD")));
  assert.equal(again.vaultId, session.vaultId);
});

test("raising the KDF profile replaces the slot, and this device refuses the lower one from then on", async () => {
  const { deps, session, store } = await newVault();
  const lower = store.accounts.length;
  session.lock();
  const raised = await unlockVault(deps, PASSWORD, { raiseProfile: 2 });
  assert.equal(raised.profile, 2);
  raised.lock();
  const again = await unlockVault(deps, PASSWORD);
  assert.equal(again.profile, 2);
  await assert.rejects(again.changePassword(PASSWORD, PASSWORD, 1), { code: "argument-invalid" });
  store.accounts.splice(lower);
  const device = new MemoryDevice();
  await device.remember(again.vaultId, "profile", { counter: 2, hash: "0".repeat(64) });
  await assert.rejects(unlockVault({ ...deps, device }, PASSWORD), { code: "rolled-back", message: /KDF profile 1/ });
});

test("the recovery code sets a new password and is replaced by a new code", async () => {
  const { deps, session, recoveryCode } = await newVault();
  await put(session, KEY, "value-one");
  session.lock();
  const next = Buffer.from("a different passphrase");
  const sloppy = recoveryCode.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
  const recovered = await recoverVault(deps, sloppy, next);
  assert.equal((await readSecrets(recovered.session, DEV, [KEY]))[0]!.value.toString(), "value-one");
  assert.notEqual(recovered.recoveryCode, recoveryCode);
  recovered.session.lock();
  await assert.rejects(unlockVault(deps, PASSWORD), { code: "wrong-password" });
  await assert.rejects(recoverVault(deps, recoveryCode, next), { code: "wrong-password" });
});

test("a recovery code with a typing error is told apart from a wrong one", async () => {
  const { deps, recoveryCode } = await newVault();
  const typo = (recoveryCode.startsWith("A") ? "B" : "A") + recoveryCode.slice(1);
  await assert.rejects(recoverVault(deps, typo, PASSWORD), { code: "wrong-password", message: /not a recovery code/ });
});

test("a second vault in the same place is refused", async () => {
  const { deps } = await newVault();
  await assert.rejects(createVault(deps, PASSWORD), { code: "vault-exists" });
});

test("where there is no vault, unlocking says how to make one", async () => {
  const deps = { store: new MemoryStore(), device: new MemoryDevice(), now: Date.now };
  await assert.rejects(unlockVault(deps, PASSWORD), { code: "vault-absent", message: /ov vault init/ });
});

test("S18 an older copy of the vault is refused, names both counters, and a person can accept it", async () => {
  const { deps, session, store } = await newVault();
  const copy = store.accounts.length;
  await session.changePassword(PASSWORD, PASSWORD);
  session.lock();
  store.accounts.splice(copy);
  await assert.rejects(unlockVault(deps, PASSWORD), (error: Error) => {
    assert.match(error.message, new RegExp(`at counter ${copy}.*seen counter ${copy + 1}.*accept-restore`, "s"));
    return true;
  });
  await assert.rejects(acceptRestore(deps, Buffer.from("wrong horse battery")), { code: "wrong-password" });
  (await acceptRestore(deps, PASSWORD)).lock();
  (await unlockVault(deps, PASSWORD)).lock();
});

test("a lock in the middle of a change writes nothing, and the vault opens as it was", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "value one");
  const before = store.everything();
  const next = Buffer.from("a different passphrase");
  const changes = [
    session.changePassword(PASSWORD, next),
    put(session, KEY, "value two"),
    createEnvironment(session, STAGING),
  ];
  const refused = Promise.all(changes.map((change) => assert.rejects(change, { code: "vault-locked" })));
  session.lock();
  await refused;
  assert.deepEqual(store.everything(), before);
  const again = await unlockVault(deps, PASSWORD);
  assert.equal((await readSecrets(again, DEV, [KEY]))[0]!.value.toString(), "value one");
});

test("keys that an edit holds stay whole while another call replaces the account", async () => {
  const { deps, session } = await newVault();
  await put(session, KEY, "value one");
  const other = await unlockVault(deps, PASSWORD);
  await session.changeAccount(async (account) => {
    // The other session writes, and this one reads that, while the edit is under way: its write loses, and is redone.
    if (account.directory.apps.every((app) => app.name !== "blog")) await createApp(other, BLOG);
    await session.account();
    assert.ok([...account.keys.values()].every((key) => key.some((byte) => byte !== 0)));
    return account;
  });
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  assert.equal((await readSecrets(again, DEV, [KEY]))[0]!.value.toString(), "value one");
});
