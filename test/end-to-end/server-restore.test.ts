import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { acceptRestore, unlockVault } from "#core/vault/vault.ts";
import { readServerSecrets } from "../../api-server/keys/secret-file.ts";
import { serverIdentity } from "../../api-server/keys/server-identity.ts";
import { backup } from "../../api-server/operation/backup.ts";
import { restore } from "../../api-server/operation/restore.ts";
import { verify } from "../../api-server/operation/verify.ts";
import { databaseFile, keyFileOf, openDatabase } from "../../api-server/place.ts";
import { type Api, startApi } from "../../api-server/start-api.ts";
import { openSqliteBeside } from "../../api-server/storage/sqlite-database.ts";
import { onServer, readValue, secondDevice, VALUE } from "../core/store/remote/fixtures/server-vault.ts";
import { temporaryFolder } from "../core/store/sample.ts";
import { KEY, OTHER, PASSWORD, put } from "../core/vault/fixture.ts";

test("S254 after a server went back to a backup, a device that has seen newer state stops until a person takes it", async (t) => {
  const folder = await temporaryFolder(t);
  let api = await start(t, { folder });
  const serverId = Buffer.from(api.serverId, "hex");
  const { first, account } = await onServer(t, { url: api.url, serverId });
  const asleep = await secondDevice(t, { url: api.url, serverId }, account);
  assert.equal(await readValue(await asleep.unlock()), VALUE);

  const file = join(await temporaryFolder(t), "server.ovs");
  const identity = serverIdentity((await readServerSecrets(keyFileOf({ folder })))!.identitySeed);
  const open = openSqliteBeside(databaseFile(folder));
  const signal = new AbortController().signal;
  await backup(open, identity, file, { now: Date.now(), signal, progress: () => {} });
  await open.close();
  const session = await first.unlock();
  await put(session, KEY, "written after the backup");
  session.lock();
  await api.close();

  const restored = await temporaryFolder(t);
  const database = await openDatabase({ folder: restored });
  await restore(database, identity, file, await verify(file));
  await database.close();
  const port = Number(new URL(api.url).port);
  api = await start(t, { folder: restored, keyFile: keyFileOf({ folder }), port });

  await assert.rejects(
    async () => {
      const again = await first.unlock();
      await readValue(again);
    },
    { code: "rolled-back" },
  );
  assert.equal(await readValue(await asleep.unlock()), VALUE, "who saw nothing newer goes on");

  const deps = { store: first.store, device: first.state, now: Date.now };
  const accepted = await acceptRestore(deps, PASSWORD);
  assert.equal(await readValue(accepted), VALUE);
  await put(accepted, KEY, "and on from here");
  assert.equal(await readValue(accepted), "and on from here");
  accepted.lock();
  assert.equal(await readValue(await asleep.unlock()), "and on from here");
});

test("a backup that a device takes of its vault on a server is a whole vault on a machine", async (t) => {
  const api = await start(t, { folder: await temporaryFolder(t) });
  const server = { url: api.url, serverId: Buffer.from(api.serverId, "hex") };
  const { first } = await onServer(t, server);
  const session = await first.unlock();
  for (let count = 0; count < 5; count++) await put(session, OTHER, `value ${count}`);
  const objects = [];
  for await (const object of first.store.backup()) objects.push(object);
  const folder = await temporaryFolder(t);
  const local = openFileStore(join(folder, "vault"));
  await local.restore(objects);
  const device = openDeviceState(join(folder, "device"));
  const opened = await unlockVault({ store: local, device, now: Date.now }, PASSWORD);
  assert.equal(await readValue(opened), VALUE);
  await put(opened, KEY, "on this machine");
  assert.equal(await readValue(opened), "on this machine");
});

async function start(t: TestContext, options: Parameters<typeof startApi>[0]): Promise<Api> {
  const api = await startApi(options);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (!isClosed) await api.close();
    isClosed = true;
  };
  t.after(close);
  return { ...api, close };
}
