import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { readServerSecrets, serverSecrets } from "../../api-server/keys/secret-file.ts";
import { serverIdentity } from "../../api-server/keys/server-identity.ts";
import { backup } from "../../api-server/operation/backup.ts";
import { BackupDamaged } from "../../api-server/operation/backup-format.ts";
import { FileExists } from "../../api-server/operation/publish-new-file.ts";
import { RestoreRefused, restore } from "../../api-server/operation/restore.ts";
import { verify } from "../../api-server/operation/verify.ts";
import { databaseFile, keyFileOf, openDatabase } from "../../api-server/place.ts";
import { type ApiOptions, startApi } from "../../api-server/start-api.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { MIGRATIONS } from "../../api-server/storage/migrations.ts";
import { openPostgres } from "../../api-server/storage/postgres-database.ts";
import { openSqliteBeside } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { commitBody } from "./conformance.ts";
import { startPostgres } from "./postgres.ts";
import { callerOf } from "./sealed-caller.ts";
import { type ServedVault, serveVault } from "./served-vault.ts";

const postgres = await startPostgres();
const DATABASES: Readonly<Record<string, () => Promise<Partial<ApiOptions>>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ databaseUrl: await postgres.newDatabase() }),
};

for (const [from, source] of Object.entries(DATABASES)) {
  for (const [to, target] of Object.entries(DATABASES)) {
    test(`a backup that was taken of ${from} during writes is restored into ${to}: what was acknowledged before it is there`, async (t) => {
      const served = await serveVault(await source(), 3);
      const { api, caller, device, vault, path } = served;
      const old = await caller.call("GET", "/changes?since=0", { device });
      const entry = randomBytes(100).toString("base64url");
      await caller.call("POST", "/audit", { device, body: { seq: 1, entry } });
      const writing = writeRest(served);
      const file = join(temporaryFolder("ov-backup-"), "server.ovs");
      const done = await backUp(served, file);
      await writing;
      await api.close();
      const verified = await verify(file);
      assert.deepEqual(verified.problems, []);
      assert.equal(verified.serverId.toString("hex"), api.serverId);
      assert.equal(done.rows.get("accounts"), 1);

      const options = { folder: temporaryFolder("ov-restored-"), ...(await target()) };
      await restoreInto(options, served, file);
      const restored = await startApi({ ...options, keyFile: keyFileOf(served.options) });
      t.after(() => restored.close());
      assert.deepEqual(restored.words, api.words);
      const again = callerOf(restored.url, restored.serverId);
      const read = await again.call("GET", path, { device });
      assert.equal(read.status, 200);
      assert.ok(read.body.counter >= 3);
      assert.equal(read.body.head, Buffer.from(vault.commits[read.body.counter - 1]!.head).toString("base64url"));
      assert.equal((await again.call("GET", `/audit?device=${device.id}`, { device })).body.entries[0].entry, entry);
      const late = await again.call("GET", `/changes?since=0&epoch=${old.body.epoch}`, { device });
      assert.equal(late.body.code, "resync_required", "clients are told that this is another line of history");
      const next = vault.commits[read.body.counter];
      if (next !== undefined) {
        assert.equal((await again.call("PUT", path, { device, body: commitBody(next) })).status, 200, "and it goes on");
      }
    });
  }
}

test("S250 a server's backup holds no key that opens a call or a login, is read by its owner only, and replaces no file", async (t) => {
  const served = await serveVault({}, 2);
  t.after(() => served.api.close());
  const file = join(temporaryFolder("ov-backup-"), "server.ovs");
  await backUp(served, file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dirname(file)), ["server.ovs"], "nothing is left beside it");
  const bytes = readFileSync(file);
  const { identitySeed, pepper } = (await readServerSecrets(keyFileOf(served.options)))!;
  const database = new DatabaseSync(databaseFile(served.options.folder));
  const wrapped = database.prepare("SELECT wrapped FROM seal_keys").all();
  database.close();
  assert.ok(wrapped.length > 0);
  for (const row of wrapped) assert.ok(!bytes.includes(Buffer.from(row.wrapped as Uint8Array)), "a seal key");
  const { proof, verifier } = served.vault.login;
  for (const secret of [identitySeed, pepper, served.device.secret, proof, verifier])
    assert.ok(!bytes.includes(secret));
  await assert.rejects(backUp(served, file), FileExists);
  assert.deepEqual(readFileSync(file), bytes);
});

test("S251 a server's backup that was changed in any byte, cut or made by somebody else is refused, and nothing is restored", async (t) => {
  const served = await serveVault({}, 2);
  t.after(() => served.api.close());
  const folder = temporaryFolder("ov-backup-");
  const [file, changed] = [join(folder, "server.ovs"), join(folder, "changed.ovs")];
  await backUp(served, file);
  const bytes = readFileSync(file);
  const refused = async (wrong: Uint8Array): Promise<void> => {
    writeFileSync(changed, wrong);
    await assert.rejects(verify(changed), BackupDamaged);
  };
  const places = [0, 4, 5, 6, 9, 10, bytes.length - 1, bytes.length - 64, bytes.length - 97, bytes.length - 101];
  for (let count = 0; count < 200; count++) places.push(Math.floor((bytes.length * count) / 200));
  for (const at of places) {
    const wrong = Buffer.from(bytes);
    wrong[at]! ^= 0x10;
    await refused(wrong);
  }
  for (const length of [0, 4, 5, 100, bytes.length - 101, bytes.length - 1]) await refused(bytes.subarray(0, length));
  await refused(Buffer.concat([bytes, Buffer.alloc(1)]));

  // What somebody made with a key of their own is whole, and restored by nobody who has the right key file.
  const stranger = serverIdentity(randomBytes(32));
  const database = openSqliteBeside(databaseFile(served.options.folder));
  t.after(() => database.close());
  const forged = join(folder, "forged.ovs");
  await backup(database, stranger, forged, options());
  const target = { folder: temporaryFolder("ov-restored-") };
  await assert.rejects(restoreInto(target, served, forged), RestoreRefused);
  await refused(Buffer.concat([readFileSync(forged).subarray(0, -64), bytes.subarray(-64)]));
  assert.equal(await accountsIn(target), 0);
});

test("a store with an account takes no restore, and keeps what it has", async () => {
  const served = await serveVault({}, 2);
  const file = join(temporaryFolder("ov-backup-"), "server.ovs");
  await backUp(served, file);
  await served.api.close();
  await assert.rejects(restoreInto(served.options, served, file), RestoreRefused);
  assert.equal(await accountsIn(served.options), 1);
});

test("a restore that fails half way leaves an empty store, which takes the next one", async () => {
  const served = await serveVault({}, 2);
  await served.api.close();
  const file = join(temporaryFolder("ov-backup-"), "server.ovs");
  await backUp(served, file);
  const target = { folder: temporaryFolder("ov-restored-") };
  const verified = await verify(file);
  const database = await openDatabase(target);
  const identity = await identityOf(served);
  let calls = 0;
  const fail = (): void => {
    if (++calls > 10) throw new Error("cancelled half way");
  };
  await assert.rejects(restore(database, identity, file, verified, fail), /cancelled half way/);
  const left = await database.read((tx) => tx.selectFrom("accounts").select("id").execute());
  assert.deepEqual(left, []);
  await restore(database, identity, file, verified);
  await database.close();
  assert.equal(await accountsIn(target), 1);
});

test("what the server had stored wrongly is told by verify: a record, a head, a log entry", async () => {
  const served = await serveVault({}, 3);
  await served.api.close();
  const database = new DatabaseSync(databaseFile(served.options.folder));
  const one = "rowid = (SELECT min(rowid) FROM";
  database.exec(`UPDATE records SET bytes = x'00' WHERE ${one} records)`);
  database.exec(`UPDATE log SET action = 'device.delete' WHERE ${one} log)`);
  database.exec("DELETE FROM heads WHERE counter = 2");
  database.exec("DELETE FROM records WHERE counter = (SELECT max(counter) FROM records)");
  database.close();
  const file = join(temporaryFolder("ov-backup-"), "server.ovs");
  await backUp(served, file);
  const { problems } = await verify(file);
  for (const expected of [
    /^Record .* is damaged/,
    /^1 records that manifests list are missing/,
    /^Head 3 .* doesn't follow/,
    /log .* is not signed/,
  ]) {
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `${expected} in ${problems.join("\n")}`,
    );
  }
});

test("a backup of an older schema is restored and brought up; one of a newer schema is refused", async () => {
  const folder = temporaryFolder("ov-older-");
  const { identitySeed } = await serverSecrets(keyFileOf({ folder }));
  const identity = serverIdentity(identitySeed);
  const older = await openDatabase({ folder });
  await migrate(older, { migrations: MIGRATIONS.slice(0, 4) });
  const device = { id: "a".repeat(32), account: "b".repeat(32), enrolled_at: 1, seen_at: 1 };
  await older.write(async (tx) => {
    await tx
      .insertInto("devices")
      .values({ ...device, wrapped_secret: randomBytes(60) })
      .execute();
  });
  const work = temporaryFolder("ov-backup-");
  await backup(older, identity, join(work, "older.ovs"), options());
  await older.write(async (tx) => {
    await tx
      .insertInto("migrations")
      .values({ name: "999 later", checksum: "0".repeat(64), applied_at: 1 })
      .execute();
  });
  await backup(older, identity, join(work, "newer.ovs"), options());
  await older.close();

  for (const database of Object.values(DATABASES)) {
    const target = await openDatabase({ folder: temporaryFolder("ov-brought-"), ...(await database()) });
    const newer = join(work, "newer.ovs");
    await assert.rejects(restore(target, identity, newer, await verify(newer)), RestoreRefused);
    const file = join(work, "older.ovs");
    await restore(target, identity, file, await verify(file));
    const steps = await target.read((tx) => tx.selectFrom("migrations").select("name").execute());
    assert.equal(steps.length, MIGRATIONS.length);
    const devices = await target.read((tx) => tx.selectFrom("devices").select("id").execute());
    assert.deepEqual(
      devices.map(({ id }) => id),
      [device.id],
    );
    assert.deepEqual(await target.read((tx) => tx.selectFrom("tokens").selectAll().execute()), []);
    await target.close();
  }
});

test("a backup that is stopped leaves no file", async () => {
  const served = await serveVault({}, 1);
  await served.api.close();
  const folder = temporaryFolder("ov-backup-");
  const database = openSqliteBeside(databaseFile(served.options.folder));
  const stopped = new AbortController();
  const progress = (bytes: number): void => {
    if (bytes > 1000) stopped.abort(new Error("stopped"));
  };
  const stopping = { now: Date.now(), signal: stopped.signal, progress };
  await assert.rejects(backup(database, await identityOf(served), join(folder, "x.ovs"), stopping), /stopped/);
  await database.close();
  assert.deepEqual(readdirSync(folder), []);
});

function options() {
  return { now: Date.now(), signal: new AbortController().signal, progress: () => {} };
}

async function identityOf(served: ServedVault) {
  return serverIdentity((await readServerSecrets(keyFileOf(served.options)))!.identitySeed);
}

async function backUp(served: ServedVault, file: string) {
  const { databaseUrl, folder } = served.options;
  const database = databaseUrl === undefined ? openSqliteBeside(databaseFile(folder)) : openPostgres(databaseUrl);
  return backup(database, await identityOf(served), file, options()).finally(() => database.close());
}

async function restoreInto(target: ApiOptions, served: ServedVault, file: string): Promise<void> {
  const database = await openDatabase(target);
  await restore(database, await identityOf(served), file, await verify(file)).finally(() => database.close());
}

async function accountsIn(target: ApiOptions): Promise<number> {
  if (!existsSync(databaseFile(target.folder))) return 0;
  const database = openSqliteBeside(databaseFile(target.folder));
  const known = await database.read((tx) => tx.selectFrom("accounts").select("id").execute()).catch(() => []);
  await database.close();
  return known.length;
}

/** Writes what the vault still has, while something else goes on. */
async function writeRest({ caller, device, vault, path }: ServedVault): Promise<void> {
  for (const commit of vault.commits.slice(3)) {
    assert.equal((await caller.call("PUT", path, { device, body: commitBody(commit) })).status, 200);
  }
}
