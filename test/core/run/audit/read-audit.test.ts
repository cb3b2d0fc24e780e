import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import type { Id } from "#core/store/store.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { DEV, KEY, newVault, PASSWORD, put } from "../../vault/fixture.ts";
import { MemoryDevice } from "../../vault/memory-store.ts";

const IDLE = { idleMs: 60_000 };

class OtherDevice extends MemoryDevice {
  override async deviceId(): Promise<Id> {
    return "e".repeat(32) as Id;
  }
}

/** A vault that two devices have used, the other one last. */
async function twoDevices() {
  const fixture = await newVault();
  await put(fixture.session, KEY, "value one");
  fixture.pass(1000);
  const second = await unlockVault({ ...fixture.deps, device: new OtherDevice() }, PASSWORD);
  const other = localAccess(second, IDLE);
  const request = { action: "run", client: "codex 0.9", context: DEV, command: "true", cwd: "/" } as const;
  const lease = await other.lease(request, async () => "once");
  await other.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0 });
  await put(second, KEY, "value two");
  const device = await second.deps.device.deviceId();
  return { ...fixture, access: localAccess(fixture.session, IDLE), other, device };
}

test("what every device did is in one log by time, with what is new about it", async () => {
  const { access, device } = await twoDevices();
  const log = await access.audit({ anomalies: {} });
  assert.ok(log.every((record, index) => index === 0 || log[index - 1]!.time <= record.time));
  const told = log.filter(({ anomalies }) => anomalies).map(({ action, anomalies }) => [action, anomalies]);
  assert.deepEqual(told, [["unlock", ["device"]]]);
  const runs = await access.audit({ client: "CODEX", action: "run", name: KEY });
  assert.deepEqual(
    runs.map((record) => [record.device, record.outcome]),
    [[device, "ok"]],
  );
  assert.deepEqual(await access.audit({ anomalies: {}, onlyAnomalies: true, since: log.at(-1)!.time + 1 }), []);
});

test("S278 entries that another device wrote and a manifest names are missed when they are cut off", async () => {
  const { access, store, device } = await twoDevices();
  assert.ok((await access.audit()).every(({ action }) => action !== "missing"));
  const chain = store.audit.get(device)!;
  const all = [...chain];
  chain.splice(1);
  const cut = await access.audit({ anomalies: {}, onlyAnomalies: true });
  const missing = cut.find(({ action }) => action === "missing");
  assert.deepEqual([missing?.device, missing?.anomalies], [device, ["missing"]]);
  assert.match(missing!.outcome, /^entries 2 to \d are not here/);
  store.audit.delete(device);
  assert.match((await access.audit({ action: "missing" }))[0]!.outcome, /^entries 1 to/);

  const [first, ...rest] = all;
  store.audit.set(device, [...rest, first!]);
  await assert.rejects(access.audit(), { code: "vault-damaged" });
});

test("another chain of the same length than a manifest names is refused", async () => {
  const { access, store, deps, device } = await twoDevices();
  const length = store.audit.get(device)!.length;
  store.audit.delete(device);
  const session = await unlockVault({ ...deps, device: new OtherDevice() }, PASSWORD);
  for (let index = 1; index < length; index++) {
    await session.audit({ actor: "owner", action: "unlock", names: [], outcome: "ok" });
  }
  assert.equal(store.audit.get(device)!.length, length);
  await assert.rejects(access.audit(), { code: "rolled-back" });
});
