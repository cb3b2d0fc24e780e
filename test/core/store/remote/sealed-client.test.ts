import assert from "node:assert/strict";
import { test } from "node:test";
import { randomBuffer } from "#core/crypto/random.ts";
import { requireServerUrl } from "#core/store/remote/http-exchange.ts";
import type { LinkNews } from "#core/store/remote/remote-link.ts";
import { asId } from "#core/store/store.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { parseContext } from "#core/vault/context.ts";
import { listSecrets } from "#core/vault/secret-list.ts";
import { readVersion } from "#core/vault/secret-read.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { isVaultError } from "#core/vault-error.ts";
import { DEV, KEY, OTHER, PASSWORD, put } from "../../vault/fixture.ts";
import { someId, temporaryFolder } from "../sample.ts";
import { connect, HASTE, newDevice } from "./fixtures/remote-client.ts";
import { problem, ServerDouble } from "./fixtures/server-double.ts";
import { readValue, serverVault, VALUE } from "./fixtures/server-vault.ts";

test("S224 nothing but https goes over a network, and no call goes unsealed", async (t) => {
  for (const url of [
    "http://vault.example.com",
    "http://127.0.0.1.example.com",
    "ftp://x",
    "https://a:b@c",
    "https://x/?q=1",
    "x",
  ]) {
    assert.throws(() => requireServerUrl(url), { code: "argument-invalid" }, url);
  }
  for (const url of ["https://vault.example.com/ov/", "http://127.0.0.1:80", "http://[::1]:1", "http://localhost:2"]) {
    assert.ok(requireServerUrl(url));
  }
  const { server, first, second } = await serverVault(t);
  await (await second()).unlock();
  await first.store.readAccount();
  const heads = server.traffic
    .map((bytes) => bytes.toString("latin1").split("\n")[0]!)
    .filter((line) => /^[A-Z]+ \//.test(line));
  assert.deepEqual([...new Set(heads)].sort(), ["GET /.well-known/ov-keys", "POST /v1/sealed"]);
});

test("a write whose answer was lost takes place once, and succeeds", async (t) => {
  const { server, account, first } = await serverVault(t);
  const session = await first.unlock();
  let cuts = 0;
  server.tricks.outer = (count) => (count % 2 === 0 && cuts++ < 10 ? "after" : undefined);
  for (let n = 1; n <= 5; n++) await put(session, KEY, `value ${n}`);
  server.tricks.outer = () => undefined;
  assert.ok(cuts > 3);
  assert.equal(await readValue(session), "value 5");
  const [environment] = server.accounts.accounts.get(account)!.environments.values();
  const versions = [...environment!.records.values()].map(({ ref }) => ref.version).sort();
  assert.deepEqual(versions, [1, 2, 3, 4, 5, 6]);
});

test("a server that is busy or cuts connections is called again; one that stays so is told as unreachable", async (t) => {
  const { server, first } = await serverVault(t);
  for (const trick of ["drop", 503, 429, 502] as const) {
    let left = 2;
    server.tricks.outer = () => (left-- > 0 ? trick : undefined);
    assert.equal(await first.store.readManifestHead(someId(), 1), undefined);
    server.tricks.outer = () => trick;
    await assert.rejects(first.store.readManifestHead(someId(), 1), { code: "server-unreachable" });
  }
  server.tricks.outer = () => undefined;
  for (const [status, code] of [
    [503, "unavailable"],
    [500, "internal"],
    [429, "rate_limited"],
  ] as const) {
    let left = 2;
    server.tricks.answer = (_, honest) => (left-- > 0 ? problem(status, code, { retry_after: 1 }) : honest());
    assert.equal(await first.store.readManifestHead(someId(), 1), undefined);
  }
});

test("a clock that is an hour off is corrected once by the server's own time", async (t) => {
  const { server, first, account } = await serverVault(t);
  for (const skew of [3_600_000, -3_600_000]) {
    server.tricks.skew = skew;
    const { store } = connect(t, server, { folder: await temporaryFolder(t), account, device: first.device });
    assert.ok(await store.readAccount());
  }
  server.tricks.skew = 0;
  server.tricks.answer = () => problem(400, "clock_skew", { server_time: Date.now() });
  const { store } = connect(t, server, { folder: await temporaryFolder(t), account, device: first.device });
  await assert.rejects(store.readManifestHead(someId(), 1), { code: "server-refused", message: /clock/ });
});

test("after a rotation the keys are fetched again", async (t) => {
  const { server, first } = await serverVault(t);
  await first.store.readAccount();
  server.key = { id: randomBuffer(8), seed: randomBuffer(32) };
  server.sequence++;
  assert.ok(await first.store.readAccount());
});

test("a call is cancelled by its signal, at once", async (t) => {
  const { first, server } = await serverVault(t);
  server.tricks.outer = () => 503;
  const controller = new AbortController();
  const call = first.link.ask({ method: "GET", path: "/changes?since=0", signal: controller.signal });
  controller.abort();
  await assert.rejects(call, { code: "cancelled" });
  await assert.rejects(first.link.ask({ method: "GET", path: "/x", signal: controller.signal }), { code: "cancelled" });
});

test("a device that the server doesn't know is told to log in again", async (t) => {
  const server = await ServerDouble.start(t);
  const { store } = connect(t, server, { folder: await temporaryFolder(t), account: someId(), device: newDevice() });
  await assert.rejects(store.readAccount(), { code: "login-failed" });
});

test("who uses a link is told what its calls meet: answers, silence, another server, the end of the device", async (t) => {
  const { server, account, first } = await serverVault(t);
  const news: LinkNews[] = [];
  const time = Date.now();
  const options = { folder: first.folder, account, device: first.device, memory: first.keys, now: () => time };
  const { link } = connect(t, server, {
    ...options,
    patience: { ...HASTE, tries: 1 },
    onNews: (told) => void news.push(told),
  });
  const ask = () => link.ask({ method: "GET", path: "/account" }).catch(() => undefined);
  await ask();
  server.tricks.bytes = (sealed) => Buffer.from(sealed.map((byte) => byte ^ 1));
  await ask();
  delete server.tricks.bytes;
  server.tricks.outer = () => 401;
  await ask();
  delete server.tricks.outer;
  await server.stop();
  await ask();
  assert.deepEqual(
    news.map(({ kind }) => kind),
    ["answered", "changed", "ended", "silent"],
  );
  assert.deepEqual(news[0], { kind: "answered", at: time });
  assert.deepEqual(news[3], { kind: "silent", answeredAt: time });
});

test("S225 what was fetched is read offline for as long as the user allows, and nothing is written", async (t) => {
  const { server, account, first } = await serverVault(t);
  let now = Date.now();
  const options = { folder: first.folder, account, device: first.device, memory: first.keys, now: () => now };
  const { store, link, cache } = connect(t, server, {
    ...options,
    offlineMs: 3_600_000,
    patience: { ...HASTE, tries: 1 },
  });
  const { syncCache } = await import("#core/store/remote/sync.ts");
  assert.deepEqual(await syncCache(store, link, cache), { environments: 1, secrets: 1, sent: 0 });
  const { port } = server;
  await server.stop();

  const deps = { store, device: first.state, now: () => now };
  const session = await unlockVault(deps, PASSWORD);
  assert.equal(await readValue(session), VALUE);
  assert.equal((await readVersion(session, DEV, KEY)).toString(), VALUE);
  assert.deepEqual(
    (await listSecrets(session, DEV)).map(({ name }) => name),
    [KEY],
  );
  await assert.rejects(put(session, OTHER, "written offline"), { code: "server-unreachable" });
  await session.audit({ actor: "test", action: "run", names: [KEY], outcome: "ok" }, DEV);
  now += 3_600_001;
  await assert.rejects(readValue(session), { code: "server-unreachable", message: /older than 1 hours/ });
  now -= 86_400_000;
  await assert.rejects(readValue(session), { code: "server-unreachable" }, "a clock that was set back");

  now += 86_400_000;
  await server.listen(port);
  const chain = (): number => server.accounts.accounts.get(account)!.audit.get(first.device.id)!.length;
  const before = chain();
  assert.equal(await store.audit.flush(), 2, "the unlock and the run");
  assert.equal(chain(), before + 2);
  assert.equal((await session.auditEntries()).at(-1)?.body?.actor, "test");
});

test("of clients that make environments of one app at once, all are there", async (t) => {
  const { second, first } = await serverVault(t);
  const sessions = await Promise.all([first.unlock(), (await second()).unlock()]);
  const contexts = ["blog/dev", "blog/test"].map(parseContext);
  await Promise.all(sessions.map((session, index) => createEnvironment(session, contexts[index]!)));
  for (const [index, session] of sessions.entries()) {
    await put(session, KEY, "there", contexts[1 - index]!);
  }
});

test("of clients that write at once no update is lost", async (t) => {
  const { second, first } = await serverVault(t);
  const sessions = await Promise.all([first.unlock(), (await second()).unlock()]);
  const written = await Promise.all(
    sessions.map(async (session) => {
      const versions: number[] = [];
      while (versions.length < 30) {
        // After five lost races a write is given up with a clear error, and is nowhere.
        const version = await put(session, KEY, "next").catch((error: unknown) => {
          if (!isVaultError(error, "vault-conflict")) throw error;
        });
        if (version !== undefined) versions.push(version);
      }
      return versions;
    }),
  );
  const all = written.flat().sort((a, b) => a - b);
  assert.deepEqual(
    all,
    Array.from({ length: 60 }, (_, index) => index + 2),
  );
});

test("one call says of all environments that nothing changed", async (t) => {
  const { server, account, first } = await serverVault(t);
  const { store } = connect(t, server, { folder: first.folder, account, device: first.device, reuseMs: 60_000 });
  const session = await unlockVault({ store, device: first.state, now: Date.now }, PASSWORD);
  await createEnvironment(session, parseContext("blog/dev"));
  await readValue(session);
  const fresh = connect(t, server, { folder: first.folder, account, device: first.device, reuseMs: 0 });
  const calls: string[] = [];
  server.tricks.answer = (call, honest) => {
    calls.push(`${call.method} ${call.path}`);
    return honest();
  };
  const known = await fresh.store.readAccount();
  assert.ok(known);
  assert.deepEqual(calls, ["GET /changes?since=0"]);
  for (const environment of server.accounts.accounts.get(account)!.environments.keys()) {
    assert.ok(await fresh.store.readManifest(asId(environment)!));
  }
  assert.ok(
    calls.every((call) => call.startsWith("GET /changes?since=")),
    calls.join(),
  );
});
