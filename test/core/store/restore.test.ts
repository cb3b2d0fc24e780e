import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import { diskOps, type FileOps } from "#core/store/file-ops.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { Id, Store, StoredObject } from "#core/store/store.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { addRecord, bytesOf, manifestOf, newVault, readAll, someId, someRecord, temporaryFolder } from "./sample.ts";
import { collect } from "./store-conformance.ts";

test("S13 a backup can't write outside the vault's folder, nor any file that a vault doesn't have", async (t) => {
  const { objects, environment } = await backedUp(t);
  const record = objects.find(({ path }) => path.includes("/records/"))!;
  const [, name] = /records\/.\/(.+)$/.exec(record.path)!;
  const paths = [
    ...["../outside", "account/../../outside", "/etc/outside", "C:\\outside", "..\\outside", "", ".", "ov1", "device"],
    ...["account/1.ova/../../../outside", "account/../1.ova", "account/1.ova\0", "account/2.ova\n", "account//1.ova"],
    ...[
      "account/1.ova.tmp",
      "account/0.ova",
      "account/1.OVA",
      "env/x/manifest/1.ovm",
      `env/${environment}/manifest/1.ova`,
    ],
    ...[
      `env/${environment}/../../outside`,
      `env/${environment}/staging/1/x`,
      `env/${environment}/items/../../../outside`,
    ],
    ...[`env/${environment}/records/${name}`, `env/${environment}/records/z/${name}`],
    ...[
      `env/${environment}/records/../records/${name!.slice(0, 1)}/${name}`,
      `env/${environment}/records/../../../outside`,
    ],
    ...[`audit/${environment}/../../outside`, `audit/${environment}/1-2.ovs`, `audit/${environment}/1.ove/x`],
  ];
  for (const path of paths) {
    const parent = await temporaryFolder(t);
    const store = openFileStore(`${parent}/vault`);
    const hostile = [...objects, { path, bytes: record.bytes }];
    await assert.rejects(store.restore(hostile), { code: "backup-invalid" }, JSON.stringify(path));
    assert.deepEqual(await readdir(parent), [], JSON.stringify(path));
  }
});

test("a backup whose objects are too large, or changed, is refused", async (t) => {
  const { objects, environment } = await backedUp(t);
  const change = (part: string, bytes: (old: Uint8Array) => Uint8Array) =>
    objects.map((object) => (object.path.includes(part) ? { path: object.path, bytes: bytes(object.bytes) } : object));
  const hostile = [
    change("account/", () => Buffer.alloc((2 << 20) + 1)),
    change("account/", () => Buffer.alloc(0)),
    change("/items/", () => Buffer.alloc((2 << 20) + 1)),
    change("/manifest/2.ovm", (old) => Buffer.concat([old, Buffer.of(0)])),
    change("/records/", (old) => Buffer.concat([old, Buffer.of(0)])),
    [...objects, { path: `audit/${environment}/1.ove`, bytes: Buffer.alloc((2 << 20) + 1) }],
    [...objects, { path: `audit/${environment}/1-256.ovs`, bytes: Buffer.from("OVS1 but no segment") }],
    [...objects, { path: "account/9.ova", bytes: bytesOf("a second account") }],
  ];
  for (const objects of hostile) {
    const store = openFileStore(`${await temporaryFolder(t)}/vault`);
    await assert.rejects(store.restore(objects), { code: "backup-invalid", message: /Nothing was written/ });
    assert.equal(await store.readAccount(), undefined);
  }
});

test("a backup holds each object once, none of an older account, and the newest list of items only", async (t) => {
  const { objects, environment } = await backedUp(t);
  const paths = objects.map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  assert.deepEqual(
    paths.filter((path) => path.startsWith("account/")),
    ["account/2.ova"],
  );
  assert.equal(paths.filter((path) => path.startsWith(`env/${environment}/items/2-`)).length, 1);
  assert.equal(paths.filter((path) => path.includes("/items/")).length, 2);
  assert.equal(paths.filter((path) => path.includes(`env/${environment}/manifest/`)).length, 2);
});

test("joined audit entries are restored too", async (t) => {
  const { store, environment } = await vaultWithTwoRecords(t);
  for (let seq = 1; seq <= 258; seq++) await store.appendAudit(environment, seq, bytesOf(`entry ${seq}`));
  const restored = openFileStore(`${await temporaryFolder(t)}/vault`);
  await restored.restore(await collect(store.backup()));
  assert.deepEqual(
    (await restored.readAudit(environment, 1)).map(String),
    Array.from({ length: 258 }, (_, index) => `entry ${index + 1}`),
  );
});

test("a backup during which records are purged ends with vault-conflict, not with a hole", async (t) => {
  const { store, folder, environment } = await vaultWithTwoRecords(t);
  const { refs } = await readAll(store, environment);
  const backup = openFileStore(folder).backup();
  const purged = async () => {
    let count = 0;
    for await (const _ of backup) if (++count === 1) await store.deleteRecords(environment, refs);
  };
  await assert.rejects(purged(), { code: "vault-conflict" });
});

test("a backup during which others commit is one whole state", async (t) => {
  const { store, folder, environment } = await vaultWithTwoRecords(t);
  const objects: StoredObject[] = [];
  for await (const object of openFileStore(folder).backup()) {
    objects.push(object);
    if (objects.length % 2 === 0) await addRecord(store, environment);
  }
  const restored = openFileStore(`${await temporaryFolder(t)}/vault`);
  await restored.restore(objects);
  const { counter, refs } = await readAll(restored, environment);
  assert.equal(refs.length, counter);
});

test("a backup whose records are purged while it lists them is of the state after the purge", async (t) => {
  const { store, folder, environment } = await vaultWithTwoRecords(t);
  const [kept, ...purged] = (await readAll(store, environment)).refs;
  let listings = 0;
  const readdir = (async (path: string) => {
    // The manifest was read, and names what is gone a moment later.
    if (path.endsWith("/records") && listings++ === 0) {
      await store.commit(environment, 2, manifestOf([kept!]), []);
      await store.deleteRecords(environment, purged);
    }
    return diskOps.readdir(path);
  }) as typeof diskOps.readdir; // the one overload that the store uses
  const restored = openFileStore(`${await temporaryFolder(t)}/vault`);
  await restored.restore(await collect(openFileStore(folder, { ...diskOps, readdir }).backup()));
  assert.deepEqual(await readAll(restored, environment), { counter: 3, refs: [kept!] });
});

test("a backup of a vault with a damaged record is refused", async (t) => {
  const { store, folder, environment } = await vaultWithTwoRecords(t);
  const [ref] = (await readAll(store, environment)).refs;
  const shard = `${folder}/env/${environment}/records/${ref!.item.slice(0, 1)}`;
  for (const name of await readdir(shard)) await writeFile(`${shard}/${name}`, "cut");
  await assert.rejects(collect(store.backup()), { code: "vault-damaged" });
});

test("a backup where there is no vault is refused", async (t) => {
  await assert.rejects(collect(openFileStore(await temporaryFolder(t)).backup()), { code: "vault-absent" });
});

test("a restore goes into an empty folder, into what an interrupted start left, and through a link", async (t) => {
  const { objects, environment } = await backedUp(t);
  const parent = await temporaryFolder(t);
  await mkdir(`${parent}/empty`);
  await mkdir(`${parent}/begun/account`, { recursive: true });
  await mkdir(`${parent}/begun/env`);
  await writeFile(`${parent}/begun/ov1`, "ov1\n");
  await writeFile(`${parent}/begun/account/1.ova.0123456789abcdef.tmp`, "");
  await mkdir(`${parent}/real`);
  await symlink(`${parent}/real`, `${parent}/link`);
  for (const name of ["empty", "begun", "link", "new/deep/folder"]) {
    const store = openFileStore(`${parent}/${name}`);
    await store.restore(objects);
    assert.equal((await readAll(store, environment)).counter, 2);
  }
  assert.equal((await readAll(openFileStore(`${parent}/real`), environment)).counter, 2);
});

test("a restore refuses a folder with files of something else, and leaves them", async (t) => {
  const { objects } = await backedUp(t);
  for (const path of ["notes.txt", "account/1.ova", "account/notes.txt", "env/notes.txt", "audit/notes.txt"]) {
    const folder = `${await temporaryFolder(t)}/vault`;
    for (const part of ["account", "env", "audit"]) await mkdir(`${folder}/${part}`, { recursive: true });
    await writeFile(`${folder}/${path}`, "keep");
    await assert.rejects(openFileStore(folder).restore(objects), { code: "vault-exists" });
    assert.equal(await readFile(`${folder}/${path}`, "utf8"), "keep");
    assert.equal((await readdir(dirname(folder))).length, 1);
  }
});

for (const moment of ["rmdir", "rename"] as const) {
  test(`a vault that another process makes just before the ${moment} of a restore stays, and the restore is refused`, async (t) => {
    const { objects } = await backedUp(t);
    const folder = `${await temporaryFolder(t)}/vault`;
    let made: Promise<void> | undefined;
    const make = async (): Promise<void> => {
      made ??= openFileStore(folder).writeAccount(0, bytesOf("mine"));
      await made;
    };
    const ops: FileOps = {
      ...diskOps,
      rmdir: async (path) => {
        if (moment === "rmdir") await make();
        await diskOps.rmdir(path);
      },
      rename: async (from, to) => {
        if (moment === "rename") await make();
        await diskOps.rename(from, to);
      },
    };
    await assert.rejects(openFileStore(folder, ops).restore(objects), { code: "vault-exists" });
    assert.deepEqual(Buffer.from((await openFileStore(folder).readAccount())!.bytes), bytesOf("mine"));
  });
}

test("a restore on a full disk leaves nothing behind", async (t) => {
  const { objects } = await backedUp(t);
  const parent = await temporaryFolder(t);
  const disk = new FaultyDisk({ kind: "error", code: "ENOSPC", call: "write", at: 12, persistent: true });
  await assert.rejects(openFileStore(`${parent}/vault`, disk.ops).restore(objects), { code: "store-full" });
  assert.deepEqual(await readdir(parent), []);
});

test("what a crashed restore left is removed by a restore an hour later", async (t) => {
  const { objects } = await backedUp(t);
  const parent = await temporaryFolder(t);
  const [old, young] = [`${parent}/vault.0000000000000000.restore`, `${parent}/vault.1111111111111111.restore`];
  const other = `${parent}/other.0000000000000000.restore`;
  const named = `${parent}/vault.my.restore`;
  for (const folder of [old, young, other, named]) await mkdir(`${folder}/account`, { recursive: true });
  const long = new Date(Date.now() - 2 * 3_600_000);
  for (const folder of [old, other, named]) await utimes(folder, long, long);
  await openFileStore(`${parent}/vault`).restore(objects);
  assert.deepEqual(
    (await readdir(parent)).sort(),
    [named, other, young, `${parent}/vault`].map((path) => path.slice(parent.length + 1)).sort(),
  );
});

async function vaultWithTwoRecords(t: TestContext): Promise<{ store: Store; folder: string; environment: Id }> {
  const folder = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(folder);
  const environment = await newVault(store);
  await addRecord(store, environment);
  await addRecord(store, environment);
  return { store, folder, environment };
}

async function backedUp(t: TestContext): Promise<{ objects: readonly StoredObject[]; environment: Id }> {
  const { store, environment } = await vaultWithTwoRecords(t);
  await store.writeAccount(1, bytesOf("account 2"));
  const other = someId();
  const record = someRecord();
  await store.commit(other, 0, manifestOf([record]), [record]);
  return { objects: await collect(store.backup()), environment };
}
