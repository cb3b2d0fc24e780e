import assert from "node:assert/strict";
import { test } from "node:test";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import type { Id } from "#core/store/store.ts";
import { fingerprint, newIdentity, publicIdentity } from "#core/vault/identity.ts";
import { temporaryFolder } from "../sample.ts";
import { connect, newDevice } from "./fixtures/remote-client.ts";
import { ServerDouble } from "./fixtures/server-double.ts";

function somebody() {
  const account = newId();
  const identity = publicIdentity(newIdentity());
  const name = fingerprint(account, identity).toString("hex");
  const [sign_key, kem_key] = [identity.signKey, identity.kemKey].map((key) => Buffer.from(key).toString("base64url"));
  return { name, account, identity, body: { account, sign_key, kem_key } };
}

async function connected(t: Parameters<typeof ServerDouble.start>[0] & Parameters<typeof temporaryFolder>[0]) {
  const server = await ServerDouble.start(t);
  const [folder, device, account] = [await temporaryFolder(t), newDevice(), newId()];
  server.accounts.enrol(account, device.id, device.secret);
  const again = () => connect(t, server, { folder, account, device }).store.sharing;
  return { server, sharing: again(), again };
}

test("S303 public keys count for the fingerprint that they hash to, and are kept for when the server is away", async (t) => {
  const { server, sharing, again } = await connected(t);
  const [bob, eve] = [somebody(), somebody()];
  let answer: object[] = [{ ...bob.body, kem_key: eve.body.kem_key }, { ...bob.body, account: eve.account }, eve.body];
  server.tricks.answer = ({ path }) =>
    path === "/directory" ? { status: 200, body: { identities: answer } } : undefined;
  assert.equal((await sharing.identities([bob.name])).size, 0);
  answer = [eve.body, bob.body];
  assert.deepEqual([...(await sharing.identities([bob.name])).keys()], [bob.name]);
  const later = again();
  await server.stop();
  const kept = (await later.identities([bob.name])).get(bob.name);
  assert.deepEqual(Buffer.from(kept!.kemKey), Buffer.from(bob.identity.kemKey));
});

test("what is no list of keys, grants, invites or environments is refused", async (t) => {
  const { server, sharing } = await connected(t);
  const bob = somebody();
  const refused = { code: "server-refused" };
  const wrong: readonly object[] = [
    ...[
      {},
      { identities: {} },
      { identities: [{ ...bob.body, sign_key: "AA" }] },
      { grants: [{ epoch: 0, bytes: "AA" }] },
    ],
    ...[{ grants: [{ epoch: 1, bytes: "A".repeat(9000) }] }, { invites: [{ id: "x", expires_at: 1 }] }],
    ...[{ invites: [{ id: newId(), expires_at: 1, accepted: {} }] }, { environments: [{ id: 3 }] }, { tokens: "none" }],
  ];
  for (const body of wrong) {
    server.tricks.answer = () => ({ status: 200, body });
    await assert.rejects(sharing.identities([bob.name]), refused, JSON.stringify(body));
    await assert.rejects(sharing.grants(newId()), refused);
    await assert.rejects(sharing.invites(), refused);
    await assert.rejects(sharing.shared(), refused);
    await assert.rejects(sharing.memberDevices(newId()), refused);
    await assert.rejects(sharing.memberAudit({ account: newId(), device: newId() }, 1), refused);
    await assert.rejects(sharing.tokens.list(), refused);
  }
});

test("a member's audit chain is read to its end, and a gap in it is refused", async (t) => {
  const { server, sharing } = await connected(t);
  const chain = { account: newId(), device: newId() };
  const entry = (seq: number) => ({ seq, entry: "AAAA", received_at: 1, signature: "A".repeat(86) });
  const pages = new Map([
    ["from=1", [entry(1), entry(2)]],
    ["from=3", [entry(3)]],
  ]);
  server.tricks.answer = ({ path }) => {
    if (path.startsWith("/audit/devices?environment=")) return { status: 200, body: { devices: [], others: [chain] } };
    if (!path.includes(`device=${chain.device}&account=${chain.account}`)) return undefined;
    return { status: 200, body: { entries: pages.get(path.split("&").at(-1)!) ?? [] } };
  };
  assert.deepEqual(await sharing.memberDevices(newId()), [chain]);
  assert.equal((await sharing.memberAudit(chain, 1)).length, 3);
  pages.set("from=3", [entry(4)]);
  await assert.rejects(sharing.memberAudit(chain, 1), { code: "server-refused" });
});

test("a server that leads in a circle through what is shared is left", async (t) => {
  const { server, sharing } = await connected(t);
  const [first, second] = ["1".repeat(32), "2".repeat(32)] as [Id, Id];
  server.tricks.answer = ({ path }) => {
    const [id, next] = path.includes("after") ? [second, first] : [first, second];
    return { status: 200, body: { environments: [{ id, owner: first, counter: 1 }], next } };
  };
  assert.deepEqual(await sharing.shared(), [first, second]);
});

test("records of a commit that is larger than a request go in parts before it", async (t) => {
  const { server } = await connected(t);
  const [folder, device, account] = [await temporaryFolder(t), newDevice(), newId()];
  server.accounts.enrol(account, device.id, device.secret);
  const { store } = connect(t, server, { folder, account, device });
  const calls: { path: string; records: number }[] = [];
  server.tricks.answer = ({ path, body }) => {
    if (!path.startsWith("/environments")) return undefined;
    calls.push({ path: path.split("/").slice(3).join("/"), records: body.records.length });
    return { status: path.endsWith("stage") ? 204 : 200, body: path.endsWith("stage") ? {} : { counter: 2 } };
  };
  const records = Array.from({ length: 60 }, (_, index) => {
    const bytes = randomBuffer(100_000);
    return { item: newId(), version: 1, epoch: 2, hash: index.toString(16).padStart(64, "0"), bytes };
  });
  await store.commit(newId(), 1, { head: randomBuffer(500), items: randomBuffer(89 * 60) }, records);
  assert.deepEqual(
    calls.map((call) => call.path),
    ["records/stage", "records/stage", "records/stage", ""],
  );
  assert.equal(
    calls.reduce((sum, call) => sum + call.records, 0),
    60,
  );
  calls.length = 0;
  await store.commit(newId(), 1, { head: randomBuffer(500), items: randomBuffer(89) }, records.slice(0, 1));
  assert.deepEqual(calls, [{ path: "", records: 1 }]);
});
