import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import type { Id } from "#core/store/store.ts";
import { ownFingerprint } from "#core/vault/adopt-manifest.ts";
import { namePerson } from "#core/vault/sharing/people.ts";
import { createVault } from "#core/vault/vault.ts";
import { KEY, PASSWORD, put } from "../../vault/fixture.ts";
import { MemoryDevice } from "../../vault/memory-store.ts";
import { join, newTeam, SHOP, valueFor } from "../../vault/sharing/fixtures/team.ts";

class BobsDevice extends MemoryDevice {
  override async deviceId(): Promise<Id> {
    return "b".repeat(32) as Id;
  }
}

/** An environment that is shared with a writer, who has run something and written a value. */
async function team() {
  const owners = await newTeam();
  const [store, device] = [owners.server.place(), new BobsDevice()];
  const { session } = await createVault({ store, device, now: Date.now }, PASSWORD);
  const fingerprint = ownFingerprint(await session.account()).toString("hex");
  await join(owners, { session, store, device, fingerprint, another: async () => session }, "writer");
  const bobs = localAccess(session, { idleMs: 60_000 });
  const request = { action: "run", client: "codex 0.9", context: SHOP, command: "deploy", cwd: "/" } as const;
  const lease = await bobs.lease(request, async () => "once");
  await bobs.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0 });
  await put(session, KEY, "by bob", SHOP);
  const { session: ownerSession } = owners.owner;
  return { bobs, store, fingerprint, ownerSession, access: localAccess(ownerSession, { idleMs: 60_000 }) };
}

test("a member sees what the others did with what they share, by the name that they gave them, and nothing else of them", async () => {
  const { bobs, ownerSession, fingerprint, access } = await team();
  const [unnamed] = await access.audit({ client: "codex", action: "run" });
  assert.match(unnamed!.member!, /^[a-z]+-[a-z]+/);
  await namePerson(ownerSession, fingerprint, "Bob");
  const his = (await access.audit()).filter(({ member }) => member !== undefined);
  assert.ok(his.every((record) => record.member === "Bob" && record.context === "shop/production"));
  assert.deepEqual(
    his.map(({ actor, action, names }) => [actor, action, names]),
    [
      ["codex 0.9", "run", [KEY]],
      ["codex 0.9", "run-ended", [KEY]],
      ["owner", "write", [KEY]],
    ],
  );
  const seen = (await bobs.audit()).filter(({ member }) => member !== undefined);
  assert.ok(
    seen.some(({ action }) => action === "write"),
    "and the reverse",
  );
  assert.ok(seen.every(({ context }) => context === "shop/production"));
});

test("entries of a member that a manifest names are missed when the server keeps them back, and changed ones are refused", async () => {
  const { store, ownerSession, access } = await team();
  assert.equal(await valueFor(ownerSession), "by bob");
  const [device, chain] = [...store.audit][0]!;
  assert.ok((await access.audit()).every(({ action }) => action !== "missing"));
  store.audit.set(device, chain.slice(0, 2));
  const missing = await access.audit({ action: "missing", anomalies: {} });
  assert.deepEqual(
    missing.map((record) => [record.device, record.anomalies]),
    [[device, ["missing"]]],
  );
  store.audit.set(device, [chain[0]!, ...chain.slice(2)]);
  await assert.rejects(access.audit(), { code: "vault-damaged" });
});
