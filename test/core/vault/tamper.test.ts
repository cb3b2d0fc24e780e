import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import { randomBuffer } from "#core/crypto/random.ts";
import { openAccount, readSealedAccount, sealAccount } from "#core/vault/account.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { listSecrets } from "#core/vault/secret-list.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import { deleteSecret } from "#core/vault/secret-write.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put, STAGING } from "./fixture.ts";
import type { MemoryStore } from "./memory-store.ts";

const CLEAR = ["vault-damaged", "format-unsupported", "rolled-back", "wrong-password"];

function isClear(error: unknown): boolean {
  assert.ok(error instanceof VaultError, String(error));
  assert.ok(CLEAR.includes(error.code), error.code);
  return true;
}

test("an account file cut at any length is a clear error", async () => {
  const { deps, store } = await newVault();
  const whole = store.accounts.pop()!;
  for (let length = 0; length < whole.length; length++) {
    store.accounts.push(whole.subarray(0, length));
    await assert.rejects(unlockVault(deps, PASSWORD), { code: "vault-damaged" });
    store.accounts.pop();
  }
});

test("an account file with any byte flipped is a clear error, not a wrong password", async () => {
  const { deps, store } = await newVault();
  const whole = Buffer.from(store.accounts.pop()!);
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 0x41;
    store.accounts.push(flipped);
    await assert.rejects(unlockVault(deps, PASSWORD), { code: "vault-damaged" });
    store.accounts.pop();
  }
});

test("S19 an account that an attacker changed, with its checksum made right again, is refused at every byte", async () => {
  const { session } = await newVault();
  const ak = randomBuffer(32);
  const bytes = sealAccount(ak, await session.account(), 5, undefined);
  assert.equal(openAccount(ak, readSealedAccount(bytes)).vault, session.vaultId);
  for (let at = 0; at < bytes.length - 32; at++) {
    const body = Buffer.from(bytes.subarray(0, -32));
    body[at]! ^= 1;
    assert.throws(() => openAccount(ak, readSealedAccount(Buffer.concat([body, sha256(body)]))), isClear);
  }
});

test("S30 a manifest, item list or record that is cut or flipped at any byte gives an error and never a value", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "sk_live_1234567890");
  session.lock();
  const [environment, manifests] = [...store.manifests][0]!;
  const [recordKey, record] = [...store.records][0]!;
  const good = manifests.at(-1)!;
  const open = await unlockVault(deps, PASSWORD);
  const refuses = async () => {
    // A fresh look at the store each time, with the keys of one unlocking.
    const account = await open.account();
    const fresh = open.newEnvironment(account.directory.environments[0]!, DEV);
    await assert.rejects(async () => {
      const state = await fresh.load();
      for (const item of state.items.values()) {
        await fresh.meta(
          { ...item, epoch: state.head.epoch, hash: Buffer.from(item.hash).toString("hex") },
          item.pathTag,
        );
      }
    }, isClear);
  };
  const variants = function* (bytes: Uint8Array) {
    for (let at = 0; at < bytes.length; at++) {
      yield bytes.subarray(0, at);
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 0x10;
      yield flipped;
    }
  };
  for (const head of variants(good.head)) {
    store.manifests.set(environment, [...manifests.slice(0, -1), { ...good, head }]);
    await refuses();
  }
  for (const items of variants(good.items)) {
    store.manifests.set(environment, [...manifests.slice(0, -1), { ...good, items }]);
    await refuses();
  }
  store.manifests.set(environment, manifests);
  for (const bytes of variants(record)) {
    store.records.set(recordKey, bytes);
    await refuses();
  }
  store.records.set(recordKey, record);
  assert.equal((await readSecrets(open, DEV, [KEY]))[0]!.value.toString(), "sk_live_1234567890");
});

/** Makes the newest manifest name another record for one item, as a store that lies would serve it. */
function swapRecords(store: MemoryStore): void {
  const [first, second] = [...store.records.keys()];
  const [a, b] = [store.records.get(first!)!, store.records.get(second!)!];
  store.records.set(first!, b);
  store.records.set(second!, a);
}

test("S31 a store that serves one secret's record under another name is refused", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "value of the key");
  await put(session, OTHER, "value of the other");
  session.lock();
  swapRecords(store);
  const again = await unlockVault(deps, PASSWORD);
  await assert.rejects(readSecrets(again, DEV, [KEY]), { code: "vault-damaged" });
  await assert.rejects(listSecrets(again, DEV), { code: "vault-damaged" });
});

test("S32 a store that serves one environment's manifest for another is refused", async () => {
  const { deps, session, store } = await newVault();
  await createEnvironment(session, STAGING);
  await put(session, KEY, "development value");
  await put(session, KEY, "staging value", STAGING);
  session.lock();
  const [dev, staging] = [...store.manifests.keys()];
  store.manifests.set(staging!, store.manifests.get(dev!)!);
  const again = await unlockVault(deps, PASSWORD);
  await assert.rejects(readSecrets(again, STAGING, [KEY]), isClear);
});

test("S33 a manifest that was rolled back is refused with both counters, in a new session and in a running one", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "the leaked value");
  const environment = [...store.manifests.keys()][0]!;
  const old = store.manifests.get(environment)!;
  await put(session, KEY, "the new value");
  store.manifests.set(environment, old);
  const message = new RegExp(
    `shop/dev is at counter ${old.length}, but this device has seen counter ${old.length + 1}`,
  );
  await assert.rejects(readSecrets(session, DEV, [KEY]), { code: "rolled-back", message });
  const again = await unlockVault(deps, PASSWORD);
  await assert.rejects(readSecrets(again, DEV, [KEY]), { code: "rolled-back", message });
  await assert.rejects(put(again, KEY, "x"), { code: "rolled-back" });
});

test("S34 a deletion that the store takes back is refused", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "value");
  const environment = [...store.manifests.keys()][0]!;
  const before = store.manifests.get(environment)!;
  await deleteSecret(session, DEV, KEY);
  store.manifests.set(environment, [...before, before.at(-1)!]);
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  await assert.rejects(readSecrets(again, DEV, [KEY]), isClear);
});

test("S35 two histories with the same counter are told apart: a fork is refused", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "one");
  const environment = [...store.manifests.keys()][0]!;
  const common = store.manifests.get(environment)!;
  await put(session, KEY, "two");
  const seen = store.manifests.get(environment)!;
  // Another device, with its own memory, is shown the common part and writes another successor.
  store.manifests.set(environment, common);
  const { MemoryDevice } = await import("./memory-store.ts");
  const other = await unlockVault({ ...deps, device: new MemoryDevice() }, PASSWORD);
  await put(other, KEY, "a fork");
  assert.notDeepEqual(store.manifests.get(environment)!.at(-1), seen.at(-1));
  session.lock();
  const again = await unlockVault(deps, PASSWORD);
  await assert.rejects(readSecrets(again, DEV, [KEY]), { code: "rolled-back", message: /a different one/ });
  await put(other, KEY, "longer than the other branch");
  await assert.rejects(readSecrets(again, DEV, [KEY]), { code: "rolled-back", message: /not a successor/ });
});

test("S36 an audit entry that is changed, removed or cut off is noticed", async () => {
  const { deps, session, store } = await newVault();
  await put(session, KEY, "value");
  session.lock();
  const running = await unlockVault(deps, PASSWORD);
  const device = [...store.audit.keys()][0]!;
  const good = store.audit.get(device)!;
  const refuses = async (entries: Uint8Array[]) => {
    store.audit.set(device, entries);
    await assert.rejects(running.auditEntries(), isClear);
  };
  const changed = Buffer.from(good[1]!);
  changed[changed.length - 1]! ^= 1;
  await refuses([good[0]!, changed, ...good.slice(2)]);
  await refuses([good[0]!, ...good.slice(2)]);
  await refuses(good.slice(0, -1));
  await refuses([]);
  await refuses([good[1]!, good[0]!, ...good.slice(2)]);
  store.audit.set(device, good);
  assert.equal((await running.auditEntries()).length, good.length);
  store.audit.set(device, good.slice(0, -1));
  await assert.rejects(unlockVault(deps, PASSWORD), { code: "rolled-back", message: /audit log/ });
});

test("a vault of a newer format is refused with advice to update", async () => {
  const { deps, store } = await newVault();
  const newer = Buffer.from(store.accounts.at(-1)!.subarray(0, -32));
  newer.write("OVA2", "latin1");
  store.accounts[store.accounts.length - 1] = Buffer.concat([newer, sha256(newer)]);
  await assert.rejects(unlockVault(deps, PASSWORD), { code: "format-unsupported", message: /Update/ });
});
