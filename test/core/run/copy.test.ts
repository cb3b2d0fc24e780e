import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { localAccess } from "#core/run/local-access.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { DEV, type Fixture, KEY, newVault, OTHER, PASSWORD, put, STAGING } from "../vault/fixture.ts";

const DECOY = requireSecretName("AWS_ROOT_KEY");
const WRONG = Buffer.from("wrong horse battery");

async function setting(idleMs = 60_000): Promise<Fixture & { access: VaultAccess }> {
  const fixture = await newVault();
  const access = localAccess(fixture.session, { idleMs });
  await access.createEnvironment(STAGING);
  return { ...fixture, access };
}

test("S166 a secret is copied after the master password only, and its guard and its being a decoy go with it", async () => {
  const { access } = await setting();
  const guard = { allowedHosts: ["api.example.com"], placeholder: ["header:authorization"] };
  const details = { description: "for tests", tags: ["billing"], rotateAfterDays: 30 };
  await access.write(DEV, "create", [{ name: KEY, value: Buffer.from("value one"), ...details, ...guard }], PASSWORD);
  await access.write(DEV, "create", [{ name: DECOY, value: Buffer.from("decoy"), canary: true }]);
  await assert.rejects(access.copy(DEV, [KEY, DECOY], STAGING, WRONG), { code: "wrong-password" });
  assert.deepEqual(await access.list(STAGING), []);

  await access.copy(DEV, [KEY, DECOY], STAGING, PASSWORD);
  const [decoy, copied] = await access.list(STAGING);
  assert.equal(decoy?.canary, true);
  assert.deepEqual(
    { ...copied, createdAt: 0, updatedAt: 0, valueSince: 0 },
    {
      ...{ name: KEY, version: 1, createdAt: 0, updatedAt: 0, valueSince: 0, ...details, ...guard },
      ...{ weak: false, deleted: false, canary: false },
    },
  );
  assert.equal(Buffer.from(await access.reveal(STAGING, KEY, undefined, PASSWORD)).toString(), "value one");
  await assert.rejects(access.reveal(STAGING, DECOY, undefined, PASSWORD), { code: "denied-by-policy" });
});

test("a copy writes all of its secrets or none, and overwrites nothing", async () => {
  const { access, session } = await setting();
  await put(session, KEY, "value one");
  await put(session, OTHER, "value two");
  await put(session, OTHER, "its own", STAGING);
  await assert.rejects(access.copy(DEV, [KEY, OTHER], STAGING, PASSWORD), { code: "secret-exists" });
  await assert.rejects(access.copy(DEV, [KEY, DECOY], STAGING, PASSWORD), { code: "secret-not-found" });
  await assert.rejects(access.copy(DEV, [KEY], DEV, PASSWORD), { code: "secret-exists" });
  const names = (await access.list(STAGING)).map(({ name }) => name);
  assert.deepEqual(names, [OTHER]);
  assert.equal(Buffer.from(await access.reveal(STAGING, OTHER, undefined, PASSWORD)).toString(), "its own");
});

test("the audit log tells where a secret was copied to", async () => {
  const { access, session } = await setting();
  await put(session, KEY, "value one");
  await access.copy(DEV, [KEY], STAGING, PASSWORD);
  const last = (await access.audit({ name: KEY })).slice(-2);
  assert.deepEqual(
    last.map(({ action, context, outcome }) => [action, context, outcome]),
    [
      ["write", "shop/staging", "ok, with the master password"],
      ["copy", "shop/dev", "ok: to shop/staging"],
    ],
  );
});

test("the revision changes with a write of another process, and with nothing else", async () => {
  const { access, deps, session } = await setting();
  const before = await access.revision();
  await access.list(DEV);
  assert.equal(await access.revision(), before);
  const other = await unlockVault(deps, PASSWORD);
  await put(other, KEY, "value one");
  const written = await access.revision();
  assert.notEqual(written, before);
  await localAccess(other, { idleMs: 60_000 }).delete(DEV, KEY);
  const deleted = await access.revision();
  assert.notEqual(deleted, written);
  await access.deleteEnvironment(STAGING);
  assert.notEqual(await access.revision(), deleted);
  session.lock();
  await assert.rejects(access.revision(), { code: "vault-locked" });
});

test("S167 a window that shows the list, and looks whether it changed, doesn't keep an idle vault unlocked", {
  timeout: 120_000,
}, async () => {
  const { access } = await setting(100);
  while ((await access.status()).kind === "unlocked") {
    await access.revision().catch((error: unknown) => assert.match(String(error), /locked/));
    await sleep(10);
  }
  await assert.rejects(access.revision(), { code: "vault-locked" });
});
