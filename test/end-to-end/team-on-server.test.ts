import assert from "node:assert/strict";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { randomBuffer } from "#core/crypto/random.ts";
import { localAccess } from "#core/run/local-access.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { registerAccount } from "#core/store/remote/register-account.ts";
import { syncCache } from "#core/store/remote/sync.ts";
import { createEnvironment, listApps, turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { exportBackup, importBackup } from "#core/vault/backup.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { inviteKeys, inviteVerifier, parseInviteCode } from "#core/vault/invite-code.ts";
import type { Role } from "#core/vault/manifest.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import { writeDrafts } from "#core/vault/secret-write.ts";
import type { Session } from "#core/vault/session.ts";
import { catchUp } from "#core/vault/sharing/catch-up.ts";
import { makeInvite } from "#core/vault/sharing/invite.ts";
import { takeInviteCode } from "#core/vault/sharing/join.ts";
import { listMembers } from "#core/vault/sharing/list-members.ts";
import { changeRole, leaveEnvironment, removeMember } from "#core/vault/sharing/members.ts";
import { type NewVault, openNewVault, sealNewVault, unlockVault } from "#core/vault/vault.ts";
import { type Api, startApi } from "../../api-server/start-api.ts";
import { connect, type RemoteClient } from "../core/store/remote/fixtures/remote-client.ts";
import { temporaryFolder } from "../core/store/sample.ts";
import { KEY, PASSWORD, put } from "../core/vault/fixture.ts";

const SHOP = parseContext("shop/production");

interface Person extends NewVault, RemoteClient {
  readonly words: string;
}

/** A server that takes no new accounts after the first, and the first one's shop/production with a secret in it. */
async function newShop(t: TestContext, now: () => number = Date.now) {
  const api = await startApi({ folder: await temporaryFolder(t), now });
  t.after(() => api.close().catch(() => {})); // closed by a test that goes offline
  const owner = await register(t, api);
  await createEnvironment(owner.session, SHOP);
  await put(owner.session, KEY, "sk_live_1", SHOP);
  return { api, owner };
}

async function register(t: TestContext, api: Api, code?: string, now: () => number = Date.now): Promise<Person> {
  const folder = await temporaryFolder(t);
  const state = openDeviceState(join(folder, "state"));
  const device = { id: await state.deviceId(), secret: randomBuffer(32) };
  const made = await sealNewVault(PASSWORD);
  const { account } = made.sealed;
  const server = { url: api.url, serverId: Buffer.from(api.serverId, "hex") };
  const remote = connect(t, server, { folder, account, device, now });
  const invite = code === undefined ? undefined : inviteKeys(parseInviteCode(code).secret);
  await registerAccount(remote.client, made, device, invite);
  const opened = await openNewVault({ store: remote.store, device: state, now }, made);
  return { ...opened, ...remote, words: made.sealed.account };
}

/** From the invite to the first read, as a colleague who has no account yet. */
async function joined(t: TestContext, api: Api, by: Session, role: Role, now?: () => number): Promise<Person> {
  const { code } = await makeInvite(by, [SHOP], role);
  const person = await register(t, api, code, now);
  await takeInviteCode(person.session, code);
  const { confirmed } = await catchUp(by);
  assert.deepEqual(
    confirmed.map(({ kind }) => kind),
    ["joined"],
  );
  assert.deepEqual((await catchUp(person.session)).joined, [SHOP]);
  return person;
}

async function read(session: Session): Promise<string> {
  const [secret] = await readSecrets(session, SHOP, [KEY]);
  return Buffer.from(secret!.value).toString();
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

async function whoIs({ session }: Person): Promise<string> {
  const { members } = await listMembers(session, SHOP);
  return members.find(({ isYou }) => isYou)!.fingerprint;
}

test("five people share an environment over a server that none of them trusts with it", async (t) => {
  const { api, owner } = await newShop(t);
  const [reader, writer, admin] = [
    await joined(t, api, owner.session, "reader"),
    await joined(t, api, owner.session, "writer"),
    await joined(t, api, owner.session, "admin"),
  ];
  const fifth = await joined(t, api, admin.session, "reader");
  await put(writer.session, KEY, "by the writer", SHOP);
  for (const { session } of [owner, reader, admin, fifth]) assert.equal(await read(session), "by the writer");
  await assert.rejects(put(reader.session, KEY, "no", SHOP), { code: "not-permitted" });

  const gone = await whoIs(fifth);
  const { toRotate } = await removeMember(admin.session, SHOP, gone);
  assert.deepEqual(toRotate, [KEY]);
  await put(writer.session, KEY, "after the removal", SHOP);
  assert.equal(await read(owner.session), "after the removal");
  await assert.rejects(read(fifth.session), { code: "not-permitted", message: /no member/ });
  const [app] = await listApps(fifth.session);
  assert.deepEqual(app?.environments, [{ environment: "production", production: true, secrets: 0, shared: true }]);
  assert.equal(await leaveEnvironment(fifth.session, SHOP), "left");
});

test("two admins remove each other at once over the server: one is first, and the other is told", async (t) => {
  const { api, owner } = await newShop(t);
  const [one, other] = [await joined(t, api, owner.session, "admin"), await joined(t, api, owner.session, "admin")];
  const [first, second] = [await whoIs(one), await whoIs(other)];
  await read(one.session);
  const results = await Promise.allSettled([
    removeMember(one.session, SHOP, second),
    removeMember(other.session, SHOP, first),
  ]);
  const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  assert.deepEqual(
    lost.map(({ code }) => code),
    ["not-permitted"],
  );
  assert.equal((await listMembers(owner.session, SHOP)).members.length, 2);
});

test("an invite is used once, and not after its end", async (t) => {
  let later = 0;
  const { api, owner } = await newShop(t, () => Date.now() + later);
  const bob = await joined(t, api, owner.session, "reader");
  const { code } = await makeInvite(owner.session, [SHOP], "writer");
  const eve = await register(t, api, code);
  await takeInviteCode(bob.session, code);
  await assert.rejects(takeInviteCode(eve.session, code), { code: "not-permitted", message: /no longer good/ });
  await assert.rejects(register(t, api, code), { code: "not-permitted", message: /no longer good/ });
  await catchUp(owner.session);
  await catchUp(bob.session);
  await put(bob.session, KEY, "a writer now", SHOP);

  const { secret } = parseInviteCode((await makeInvite(owner.session, [SHOP], "reader")).code);
  const keys = inviteKeys(secret);
  await owner.store.sharing.deleteInvite(keys.id);
  await assert.rejects(eve.store.sharing.openInvite(keys.id, keys.proof), { code: "not-permitted" });
  const late = inviteKeys(randomBuffer(16));
  const verifier = inviteVerifier(late);
  await owner.store.sharing.putInvite(late.id, { verifier, offer: randomBuffer(64), expiresAt: Date.now() + 60_000 });
  later = 61_000;
  await assert.rejects(eve.store.sharing.openInvite(late.id, late.proof), { code: "not-permitted" });
  await assert.rejects(eve.store.sharing.acceptInvite(late.id, late.proof, randomBuffer(32)), {
    code: "not-permitted",
  });
  const soon = { verifier: randomBuffer(32), offer: randomBuffer(64), expiresAt: Date.now() - 1 };
  await assert.rejects(owner.store.sharing.putInvite(inviteKeys(randomBuffer(16)).id, soon), {
    code: "server-refused",
  });
});

test("clocks that are minutes apart share all the same", async (t) => {
  const { api, owner } = await newShop(t);
  const slow = await joined(t, api, owner.session, "writer", () => Date.now() - 9 * 60_000);
  await put(slow.session, KEY, "from the past", SHOP);
  assert.equal(await read(owner.session), "from the past");
});

test("what was synced is read by a member offline, and verified", async (t) => {
  const { api, owner } = await newShop(t);
  const bob = await joined(t, api, owner.session, "reader");
  const carol = await joined(t, api, owner.session, "writer");
  await put(carol.session, KEY, "by carol", SHOP);
  await syncCache(bob.store, bob.link, bob.cache);
  await api.close();
  assert.equal(await read(bob.session), "by carol");
});

test("new keys for more secrets than a request holds, shared or not", async (t) => {
  const { api, owner } = await newShop(t);
  const value = randomBuffer(60_000);
  const drafts = Array.from({ length: 75 }, (_, index) => ({ name: requireSecretName(`LARGE_${index}`), value }));
  for (let at = 0; at < drafts.length; at += 25)
    await writeDrafts(owner.session, SHOP, "create", drafts.slice(at, at + 25));
  await turnEnvironmentEpoch(owner.session, SHOP);
  const bob = await joined(t, api, owner.session, "reader");
  await turnEnvironmentEpoch(owner.session, SHOP);
  const [large] = await readSecrets(bob.session, SHOP, [drafts[70]!.name]);
  assert.deepEqual(Buffer.from(large!.value), value);
  await changeRole(owner.session, SHOP, await whoIs(bob), "writer");
  await put(bob.session, KEY, "by bob", SHOP);
  assert.equal(await read(owner.session), "by bob");
});
test("a backup of an environment whose newest state a colleague wrote is restored on a machine, for its owner alone", async (t) => {
  const { api, owner } = await newShop(t);
  const bob = await joined(t, api, owner.session, "writer");
  await put(bob.session, KEY, "by bob", SHOP);
  const file = await allOf(exportBackup(owner.store));
  const place = async () => {
    const folder = await temporaryFolder(t);
    return {
      store: openFileStore(join(folder, "vault")),
      device: openDeviceState(join(folder, "state")),
      now: Date.now,
    };
  };
  const home = await place();
  const { environments } = await importBackup(home, await place(), Readable.from(file), PASSWORD);
  assert.deepEqual(
    environments.map(({ context }) => context),
    ["shop/production"],
  );
  const alone = await unlockVault(home, PASSWORD);
  assert.equal(await read(alone), "by bob");
  await put(alone, KEY, "alone", SHOP);
  assert.equal((await listMembers(alone, SHOP)).members.length, 1);
  // The member's own backup has nothing of what is somebody else's.
  const theirs = await allOf(exportBackup(bob.store));
  assert.deepEqual(
    (await importBackup(await place(), await place(), Readable.from(theirs), PASSWORD)).environments,
    [],
  );
});

test("the owner sees in the audit log what a colleague did with what is shared, and a reader does too", async (t) => {
  const { api, owner } = await newShop(t);
  const bob = await joined(t, api, owner.session, "writer");
  const eve = await joined(t, api, owner.session, "reader");
  const bobs = localAccess(bob.session, { idleMs: 60_000 });
  const request = { action: "run", client: "codex 0.9", context: SHOP, command: "deploy", cwd: "/" } as const;
  const lease = await bobs.lease(request, async () => "once");
  await bobs.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0 });
  await put(bob.session, KEY, "by bob", SHOP);
  for (const { session } of [owner, eve]) {
    const access = localAccess(session, { idleMs: 60_000 });
    const seen = await access.audit({ client: "codex", name: KEY, anomalies: {} });
    assert.deepEqual(
      seen.map(({ action, outcome }) => [action, outcome]),
      [
        ["run", "ok"],
        ["run-ended", "ended"],
      ],
    );
    assert.ok(seen.every(({ member }) => member !== undefined));
    assert.deepEqual(await access.audit({ action: "missing" }), []);
  }
});
