import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import type { Ask, CanaryTrip, LeaseRequest, VaultAccess } from "#core/run/vault-access.ts";
import { turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import { DEV, type Fixture, KEY, newVault, OTHER, PASSWORD, put } from "../vault/fixture.ts";

const DECOY = requireSecretName("AWS_ROOT_KEY");
const REQUEST: LeaseRequest = {
  ...{ action: "run", client: "agent", context: DEV, command: "true", cwd: "/" },
  runs: { command: "true", searchPath: "/usr/bin:/bin" },
};
const yes: Ask = async () => "once";
const never: Ask = async () => assert.fail("nobody should be asked");
const WRONG = Buffer.from("wrong horse battery");

async function setting(): Promise<Fixture & { access: VaultAccess; told: CanaryTrip[] }> {
  const fixture = await newVault();
  const told: CanaryTrip[] = [];
  const access = localAccess(fixture.session, { idleMs: 60_000, onCanary: (trip) => told.push(trip) });
  await put(fixture.session, KEY, "value one");
  await put(fixture.session, OTHER, "value two");
  await access.write(DEV, "create", [{ name: DECOY, value: Buffer.from("decoy"), canary: true }]);
  return { ...fixture, access, told };
}

function isTold(error: unknown): boolean {
  assert.ok(isVaultError(error, "denied-by-policy"));
  assert.match(error.message, /AWS_ROOT_KEY of shop\/dev is there to show misuse/);
  return true;
}

async function trips(access: VaultAccess): Promise<readonly CanaryTrip[]> {
  const status = await access.status();
  return status.kind === "unlocked" ? status.canaryTrips : assert.fail("locked");
}

test("a run with all of the context goes on without the decoy, and trips nothing", async () => {
  const { access, told } = await setting();
  const lease = await access.lease(REQUEST, yes);
  assert.deepEqual(
    lease.secrets.map(({ name }) => name),
    [OTHER, KEY],
  );
  assert.deepEqual(told, []);
  assert.deepEqual(await trips(access), []);
});

test("S116 a run that names a decoy is refused before anybody is asked, audited, and told at once", async () => {
  const { access, told, store } = await setting();
  const records = new Map(store.records);
  await assert.rejects(access.lease({ ...REQUEST, names: [KEY, DECOY] }, never), isTold);
  assert.deepEqual(store.records, records);
  const [trip] = told;
  assert.deepEqual([trip?.client, trip?.action, trip?.context, trip?.names], ["agent", "run", DEV, [DECOY]]);
  assert.deepEqual(await trips(access), told);
  const last = (await access.audit({ name: DECOY })).at(-1)!;
  assert.deepEqual([last.action, last.actor, last.outcome], ["canary", "agent", "refused: run"]);
});

test("S117 a decoy is not revealed, with the right password or a wrong one, nor rolled back, nor granted to agents", async () => {
  const { access, told } = await setting();
  await access.write(DEV, "update", [{ name: DECOY, value: Buffer.from("decoy two") }]);
  await assert.rejects(access.reveal(DEV, DECOY, undefined, PASSWORD), isTold);
  await assert.rejects(access.reveal(DEV, DECOY, 1, WRONG), isTold);
  await assert.rejects(access.rollback(DEV, DECOY, 1), isTold);
  const { client, context, command, cwd } = REQUEST;
  for (const action of ["write", "delete", "run", "shell"] as const) {
    await assert.rejects(access.approve({ action, names: [DECOY], client, context, command, cwd }, never), isTold);
  }
  assert.deepEqual(
    told.map(({ action }) => action),
    ["reveal", "reveal", "rollback", "write", "delete", "run", "shell"],
  );
});

test("S118 a tripped decoy ends every standing approval", async () => {
  const { access } = await setting();
  await access.preapprove(DEV, 60, PASSWORD);
  await access.lease(REQUEST, never);
  await assert.rejects(access.lease({ ...REQUEST, names: [DECOY] }), isTold);
  assert.deepEqual(await access.approvals(), []);
  await assert.rejects(access.lease(REQUEST), { code: "approval-required" });
});

test("S119 a decoy stays one: updated, renamed, deleted and made again, under new keys", async () => {
  const { access, session } = await setting();
  await access.write(DEV, "update", [{ name: DECOY, description: "backup" }]);
  await access.rename(DEV, DECOY, requireSecretName("RENAMED"));
  await access.rename(DEV, requireSecretName("RENAMED"), DECOY);
  await turnEnvironmentEpoch(session, DEV);
  await assert.rejects(access.lease({ ...REQUEST, names: [DECOY] }), isTold);
  await access.delete(DEV, DECOY);
  await assert.rejects(access.lease({ ...REQUEST, names: [DECOY] }), { code: "secret-not-found" });
  await access.write(DEV, "create", [{ name: DECOY, value: Buffer.from("own value") }]);
  await assert.rejects(access.lease({ ...REQUEST, names: [DECOY] }), isTold);
  await access.delete(DEV, DECOY);
  await access.purge(DEV, DECOY);
  await access.write(DEV, "create", [{ name: DECOY, value: Buffer.from("a real one") }]);
  await access.lease({ ...REQUEST, names: [DECOY] }, yes);
});

test("the owner sees which secrets are decoys, and other secrets of the same write are none", async () => {
  const { access } = await setting();
  const listed = (await access.list(DEV)).map(({ name, canary }) => [name, canary]);
  assert.deepEqual(listed, [
    [DECOY, true],
    [OTHER, false],
    [KEY, false],
  ]);
});

test("an environment that holds decoys only has nothing for a run", async () => {
  const { access } = await setting();
  await access.delete(DEV, KEY);
  await access.delete(DEV, OTHER);
  await assert.rejects(access.lease(REQUEST, never), { code: "secret-not-found" });
});

test("a decoy that is marked while a person thinks is not handed out", async () => {
  const { access, told } = await setting();
  const slow: Ask = async () => {
    await access.write(DEV, "update", [{ name: KEY, canary: true }]);
    return "once";
  };
  await assert.rejects(access.lease({ ...REQUEST, names: [KEY] }, slow), { code: "denied-by-policy" });
  assert.equal(told.length, 1);
});
