import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { pae } from "#core/crypto/pae.ts";
import { randomBuffer } from "#core/crypto/random.ts";
import { sign } from "#core/crypto/signature.ts";
import { enrolDevice } from "#core/store/remote/login.ts";
import { readServerKeys } from "#core/store/remote/server-keys.ts";
import { readServerLog } from "#core/store/remote/server-log.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { isVaultError } from "#core/vault-error.ts";
import { KEY, OTHER, PASSWORD, put } from "../../vault/fixture.ts";
import { someId, temporaryFolder } from "../sample.ts";
import { connect } from "./fixtures/remote-client.ts";
import { problem } from "./fixtures/server-double.ts";
import { readValue, type ServerVault, serverVault, VALUE, type VaultDevice } from "./fixtures/server-vault.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers of the double, whose shape each test knows
type Any = any;

/** The same device with nothing in its cache. */
async function again(
  t: TestContext,
  { server, account }: ServerVault,
  own: VaultDevice,
): Promise<VaultDevice["store"]> {
  const { device, keys } = own;
  return connect(t, server, { folder: await temporaryFolder(t), account, device, memory: keys }).store;
}

const isRead = ({ method, path }: { method: string; path: string }, what: RegExp): boolean =>
  (method === "GET" || /\/read$/.test(path)) && what.test(path);

test("the value is read while the server is honest", async (t) => {
  const { first } = await serverVault(t);
  assert.equal(await readValue(await first.unlock()), VALUE);
});

test("S214 a record in place of another one is refused, with a false hash or a true one", async (t) => {
  for (const isTrueHash of [false, true]) {
    const { server, second } = await serverVault(t);
    const device = await second();
    const session = await device.unlock();
    await put(session, OTHER, "the value of another secret");
    const fresh = await second();
    server.tricks.answer = (call, honest) => {
      const done = honest() as Any;
      const records = done.body?.records;
      if (!isRead(call, /^\/environments\/\w+/) || records === undefined || records.length === 0) return done;
      const [mine, other] = [records[0], records.at(-1)];
      const swapped = isTrueHash ? { ...other, item: mine.item } : { ...mine, bytes: other.bytes };
      const forged = mine === other ? { ...mine, bytes: randomBuffer(200).toString("base64url") } : swapped;
      return { ...done, body: { ...done.body, records: records.map(() => forged) } };
    };
    await assert.rejects(
      async () => readValue(await fresh.unlock()),
      (error) => isVaultError(error, "server-refused", "vault-damaged"),
    );
  }
});

test("S215 an environment, an account or an audit log that is older than what this device has seen is refused", async (t) => {
  const vault = await serverVault(t);
  const { server, first } = vault;
  const session = await first.unlock();
  const old = structuredClone(server.accounts.accounts);
  await put(session, KEY, "a newer value");
  await session.newRecoveryCode(PASSWORD);
  for (const part of ["environments", "account", "audit"] as const) {
    server.tricks.answer = (call, honest) => {
      if (call.method !== "GET" || !call.path.startsWith(`/${part}`)) return honest();
      const now = server.accounts.accounts.get(vault.account)!;
      server.accounts.accounts.set(vault.account, old.get(vault.account)!);
      const done = honest();
      server.accounts.accounts.set(vault.account, now);
      return done;
    };
    const deps = { store: await again(t, vault, first), device: first.state, now: Date.now };
    await assert.rejects(async () => readValue(await unlockVault(deps, PASSWORD)), { code: "rolled-back" }, part);
  }
});

test("S216 records that are left out are told as damage", async (t) => {
  const { server, second } = await serverVault(t);
  const device = await second();
  server.tricks.answer = (call, honest) => {
    if (call.path.endsWith("/records/read")) return problem(404, "not_found");
    const done = honest() as Any;
    return done.body?.records === undefined ? done : { ...done, body: { ...done.body, records: [] } };
  };
  await assert.rejects(async () => readValue(await device.unlock()), { code: "vault-damaged" });
});

test("S217 an answer of before, or to another call, is not taken", async (t) => {
  const { server, first } = await serverVault(t);
  let captured: Buffer | undefined;
  server.tricks.bytes = (sealed) => {
    captured ??= sealed;
    return captured;
  };
  await first.store.readAccount();
  await assert.rejects(first.store.readManifestHead(someId(), 1), { code: "server-changed" });
});

test("S218 a login at a lower KDF profile is refused, before the proof where the device knows better", async (t) => {
  const { server, account, first, second } = await serverVault(t, { profile: 2 });
  await second();
  const known = await second();
  server.tricks.answer = (call, honest) => {
    const done = honest() as Any;
    return call.path === "/prelogin" ? { ...done, body: { ...done.body, profile: 1 } } : done;
  };
  const proofs = (): number => server.accounts.accounts.get(account)!.failures;
  await assert.rejects(enrolDevice(known.client, account, PASSWORD, known.state), { code: "rolled-back" });
  assert.equal(proofs(), 0, "no proof was sent");
  for (const profile of [0, 3, "1"]) {
    server.tricks.answer = (call, honest) =>
      call.path === "/prelogin" ? { status: 200, body: { salt: "A".repeat(22), profile } } : honest();
    await assert.rejects(enrolDevice(first.client, account, PASSWORD, first.state), { code: "server-refused" });
  }
});

test("S219 another identity is refused before anything is sent to it, and both are told", async (t) => {
  const { server, first, account } = await serverVault(t);
  const pin = server.serverId;
  server.identitySeed = randomBuffer(32);
  const before = server.traffic.filter((bytes) => bytes.includes("POST")).length;
  const options = { folder: first.folder, account, device: first.device };
  const { store } = connect(t, { url: server.url, serverId: pin }, options);
  await assert.rejects(store.readAccount(), { code: "server-changed", message: /Confirmed: .* Now: / });
  assert.equal(server.traffic.filter((bytes) => bytes.includes("POST")).length, before);
});

test("S220 keys of the server that are older, expired, unsigned or of no known suite are refused", async (t) => {
  const { server, first, account } = await serverVault(t);
  const fresh = () => {
    first.keys.document = undefined;
    return connect(t, server, { folder: first.folder, account, device: first.device, memory: first.keys }).store;
  };
  const attacks: readonly (readonly [string, NonNullable<typeof server.tricks.keys>])[] = [
    ["server-changed", (payload) => ({ ...payload, sequence: 1 })],
    ["server-changed", (payload) => ({ ...payload, expires_at: Date.now() - 1 })],
    [
      "format-unsupported",
      (payload) => ({ ...payload, keys: [{ ...(payload.keys as Any)[0], suite: "0020-0001-0001" }] }),
    ],
    ["server-refused", (payload) => ({ ...payload, keys: "none" })],
  ];
  for (const [code, trick] of attacks) {
    server.tricks.keys = trick;
    await assert.rejects(fresh().readManifestHead(someId(), 1), { code });
  }
  const payload = Buffer.from(JSON.stringify({ identity: randomBuffer(32).toString("base64url") }));
  const signature = sign(server.identitySeed, pae("ov-keys/1", payload)).toString("base64url");
  const document = Buffer.from(JSON.stringify({ payload: payload.toString("base64url"), signature }));
  assert.throws(() => readServerKeys(document), { code: "server-changed" });
});

test("S221 another account's slots are refused, at login and later", async (t) => {
  const { server, account, first, second } = await serverVault(t);
  const stranger = await serverVault(t);
  const theirs = stranger.server.accounts.accounts.get(stranger.account)!;
  const late = await second();
  server.tricks.answer = (call, honest) => {
    if (call.method !== "GET" || !call.path.startsWith("/account")) return honest();
    return { status: 200, body: { counter: theirs.counter, object: theirs.object } };
  };
  await assert.rejects(second(), { code: "vault-damaged" });
  await assert.rejects(late.unlock(), { code: "vault-damaged" });
  assert.ok(first.device.id !== stranger.first.device.id && account !== stranger.account);
});

test("S222 a server's log with an entry changed, left out or put in is refused", async (t) => {
  const { server, account, first } = await serverVault(t);
  await put(await first.unlock(), KEY, "a second value");
  const log = server.accounts.accounts.get(account)!.log;
  assert.ok(log.length >= 3);
  assert.equal((await readServerLog(first.link)).entries.length, log.length);
  const attacks: ((entries: Any[]) => Any[])[] = [
    (entries) => entries.slice(1),
    (entries) => [entries[0], ...entries.slice(2)],
    (entries) => entries.map((entry, index) => (index === 1 ? { ...entry, time: entry.time + 1 } : entry)),
    (entries) => [...entries, entries[0]],
  ];
  for (const attack of attacks) {
    server.tricks.answer = (call, honest) => {
      const done = honest() as Any;
      return call.path === "/log?after=0" ? { ...done, body: { entries: attack(done.body.entries) } } : done;
    };
    await assert.rejects(readServerLog(first.link), { code: "rolled-back" });
  }
});

test("S223 whatever a server answers, the client ends with an error of its own, and uses no value", async (t) => {
  const { server, first, account } = await serverVault(t);
  const environment = [...server.accounts.accounts.get(account)!.environments.keys()][0]!;
  const answers = fc.oneof(
    fc.record({ status: fc.constantFrom(200, 304, 404, 412, 500), body: fc.object() }),
    fc.record({
      status: fc.constant(200),
      body: fc.record({
        counter: fc.oneof(fc.integer(), fc.double(), fc.string()),
        head: fc.oneof(fc.string(), fc.base64String()),
        items: fc.oneof(fc.string(), fc.base64String()),
        object: fc.oneof(fc.string(), fc.base64String()),
        records: fc.oneof(fc.array(fc.object()), fc.string()),
        entries: fc.array(fc.object()),
        code: fc.oneof(fc.constantFrom("conflict", "unavailable", "clock_skew", "nonsense"), fc.integer()),
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      server.tricks.answer = () => answer as Any;
      const { store } = first;
      const id = environment as Any;
      for (const call of [
        () => store.readAccount(),
        () => store.readManifest(id),
        () => store.readRecord(id, { item: id, version: 1, epoch: 1, hash: "a".repeat(64) }),
        () => store.listRecords(id, id),
        () => store.readAudit(id, 1),
        () => readServerLog(first.link),
      ]) {
        await call().catch((error: unknown) => assert.ok(isVaultError(error), String(error)));
      }
    }),
    { numRuns: 60 },
  );
});
