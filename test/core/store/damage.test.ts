import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { diskOps } from "#core/store/file-ops.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { LIMIT } from "#core/store/size-limits.ts";
import type { Id, NewRecord, Store } from "#core/store/store.ts";
import { isVaultError } from "#core/vault-error.ts";
import {
  addRecord,
  bytesOf,
  manifestOf,
  newVault,
  readAll,
  refOf,
  someId,
  someRecord,
  temporaryFolder,
} from "./sample.ts";

test("a record that is cut at any length is vault-damaged", async (t) => {
  const { store, folder, environment, record } = await vaultWithOneRecord(t);
  const path = `${folder}/env/${environment}/records/${record.item.slice(0, 1)}/${nameOf(record)}`;
  for (let length = record.bytes.length - 1; length >= 0; length -= 7) {
    await truncate(path, length);
    await assert.rejects(store.readRecord(environment, record), { code: "vault-damaged" });
  }
});

test("a record with one byte changed is vault-damaged", async (t) => {
  const { store, folder, environment, record } = await vaultWithOneRecord(t);
  const path = `${folder}/env/${environment}/records/${record.item.slice(0, 1)}/${nameOf(record)}`;
  for (const at of [0, 50, record.bytes.length - 1]) {
    const bytes = Buffer.from(record.bytes);
    bytes[at]! ^= 1;
    await writeFile(path, bytes);
    await assert.rejects(store.readRecord(environment, record), { code: "vault-damaged" });
  }
});

test("every file that is missing is vault-damaged where it is named, and says what to do", async (t) => {
  const gone: [string, (store: Store, environment: Id, record: NewRecord) => Promise<unknown>][] = [
    ["ov1", (store) => store.readAccount()],
    ["env/*/items", (store, environment) => store.readManifest(environment)],
    ["env/*/records", (store, environment, record) => store.readRecord(environment, record)],
    ["env/*", (store, environment, record) => store.readRecord(environment, record)],
    ["env/*", (store, environment) => store.readManifest(environment, 1)],
  ];
  for (const [path, read] of gone) {
    const { folder, environment, record } = await vaultWithOneRecord(t);
    await rm(`${folder}/${path.replace("*", environment)}`, { recursive: true });
    await assert.rejects(read(openFileStore(folder), environment, record), {
      code: "vault-damaged",
      message: /ov import/,
    });
  }
});

test("an account file that is cut to nothing is vault-damaged, and no older account is used", async (t) => {
  const { store, folder } = await vaultWithOneRecord(t);
  await store.writeAccount(1, bytesOf("account 2"));
  await truncate(`${folder}/account/2.ova`, 0);
  await assert.rejects(store.readAccount(), { code: "vault-damaged" });
});

test("a vault of a newer format is refused as such, and a marker of something else as damaged", async (t) => {
  const { folder } = await vaultWithOneRecord(t);
  for (const [text, code] of [
    ["ov2\n", "format-unsupported"],
    ["ov10", "format-unsupported"],
    ["", "vault-damaged"],
    ["ov1x\n", "vault-damaged"],
  ] as const) {
    await writeFile(`${folder}/ov1`, text);
    const record = someRecord();
    await assert.rejects(openFileStore(folder).readAccount(), { code });
    await assert.rejects(openFileStore(folder).writeAccount(1, bytesOf("account")), { code });
    await assert.rejects(openFileStore(folder).commit(someId(), 0, manifestOf([record]), [record]), { code });
  }
});

test("S13 a link in the place of a vault's folder or file is refused, for reading and for writing", async (t) => {
  const { folder, environment, record } = await vaultWithOneRecord(t);
  const path = `env/${environment}`;
  const name = `${record.item.slice(0, 1)}/${nameOf(record)}`;
  const linked = [
    ...["account", "env", path, `${path}/manifest`, `${path}/items`, `${path}/records`, `${path}/staging`],
    ...["ov1", "account/1.ova", `${path}/manifest/1.ovm`, `${path}/records/${name}`],
  ];
  for (const link of linked) {
    await rename(`${folder}/${link}`, `${folder}/elsewhere`);
    await symlink(`${folder}/elsewhere`, `${folder}/${link}`);
    const used = async (store: Store) => {
      await store.readAccount();
      await readAll(store, environment);
      await addRecord(store, environment);
    };
    await assert.rejects(used(openFileStore(folder)), { code: "vault-damaged", message: /symbolic link/ }, link);
    await rm(`${folder}/${link}`);
    await rename(`${folder}/elsewhere`, `${folder}/${link}`);
  }
  assert.equal((await readAll(openFileStore(folder), environment)).counter, 1);
});

test("the vault's own folder may be reached by a link", async (t) => {
  const { folder, environment } = await vaultWithOneRecord(t);
  await symlink(folder, `${folder}-link`);
  const store = openFileStore(`${folder}-link`);
  await addRecord(store, environment);
  assert.equal((await readAll(openFileStore(folder), environment)).counter, 2);
});

test("files larger than anything a vault writes are refused before they are read", async (t) => {
  const { folder, environment, record } = await vaultWithOneRecord(t);
  const [items] = await readdir(`${folder}/env/${environment}/items`);
  const large: [string, number][] = [
    ["account/1.ova", 2 << 20],
    [`env/${environment}/manifest/1.ovm`, 1 << 20],
    [`env/${environment}/items/${items}`, 2 << 20],
    [`env/${environment}/records/${record.item.slice(0, 1)}/${nameOf(record)}`, LIMIT.record],
  ];
  for (const [path, limit] of large) {
    const bytes = await readFile(`${folder}/${path}`);
    await truncate(`${folder}/${path}`, limit + 1);
    let longestRead = 0;
    const store = openFileStore(folder, {
      ...diskOps,
      readSync: ((file: number, buffer: Buffer, offset: number, length: number, position: null) => {
        longestRead = Math.max(longestRead, length);
        return diskOps.readSync(file, buffer, offset, length, position);
      }) as typeof diskOps.readSync, // the one overload that the store uses
    });
    const read = async () => {
      await store.readAccount();
      await readAll(store, environment);
    };
    await assert.rejects(read(), { code: "vault-damaged", message: /at most \d+ bytes/ });
    assert.ok(longestRead < 4096);
    await writeFile(`${folder}/${path}`, bytes);
  }
});

test("what is too large to be read again is not written", async (t) => {
  const { store, environment, record } = await vaultWithOneRecord(t);
  const { head, items } = manifestOf([record]);
  const large = someRecord(someId(), 1, Buffer.alloc(LIMIT.record + 1));
  const writes = [
    () => store.writeAccount(1, Buffer.alloc((2 << 20) + 1)),
    () => store.commit(environment, 1, { head, items: Buffer.alloc((2 << 20) + 1) }, []),
    () => store.commit(environment, 1, { head: Buffer.alloc((1 << 20) + 1), items }, []),
    () => store.commit(environment, 1, manifestOf([large]), [large]),
    () => store.appendAudit(environment, 1, Buffer.alloc((2 << 20) + 1)),
  ];
  for (const write of writes) await assert.rejects(write, { code: "limit-exceeded" });
  assert.equal((await store.readAccount())?.counter, 1);
  assert.equal((await readAll(store, environment)).counter, 1);
});

test("a record of exactly the largest size is written and read", async (t) => {
  const { store, environment } = await vaultWithOneRecord(t);
  const largest = someRecord(someId(), 1, Buffer.alloc(LIMIT.record, 7));
  await addRecord(store, environment, largest);
  assert.deepEqual(Buffer.from(await store.readRecord(environment, refOf(largest))), largest.bytes);
});

if (process.platform !== "win32") {
  test("a named pipe in the place of a file is refused, and does not hang", async (t) => {
    const { folder } = await vaultWithOneRecord(t);
    await rm(`${folder}/account/1.ova`);
    assert.equal(spawnSync("mkfifo", [`${folder}/account/1.ova`]).status, 0);
    await assert.rejects(openFileStore(folder).readAccount(), { code: "vault-damaged" });
  });
}

test("files that a vault does not write are left alone", async (t) => {
  const { folder, environment } = await vaultWithOneRecord(t);
  const strange = ["env/.DS_Store", "account/0.ova", "account/01.ova", "account/1e3.ova", "audit/notes.txt"];
  strange.push(`env/${environment}/manifest/99999999999999999.ovm`, `env/${environment}/items/readme`);
  for (const path of strange) await writeFile(`${folder}/${path}`, "x");
  await mkdir(`${folder}/env/lost+found`);
  const store = openFileStore(folder);
  assert.equal((await store.readAccount())?.counter, 1);
  assert.deepEqual(await store.auditDevices(), []);
  await addRecord(store, environment);
  await store.writeAccount(1, bytesOf("account 2"));
  for (const path of strange) assert.equal(await readFile(`${folder}/${path}`, "utf8"), "x");
});

test("a ref that is no path of a record is refused as a bug, not looked up", async (t) => {
  const { store, environment, record } = await vaultWithOneRecord(t);
  const refs = [
    { ...record, hash: "../../../../account/1" },
    { ...record, item: `../${record.item}` as Id }, // a caller that broke the brand
    { ...record, version: 1.5 },
    { ...record, epoch: 0 },
  ];
  for (const ref of refs) {
    await assert.rejects(store.readRecord(environment, ref), TypeError);
    await assert.rejects(store.deleteRecords(environment, [ref]), TypeError);
  }
  await assert.rejects(store.readManifest("../account" as Id), TypeError);
  await assert.rejects(store.deleteEnvironment(".." as Id), TypeError);
  await assert.rejects(store.readAudit("../env" as Id, 1), TypeError);
});

test("a record that is not what its hash says is refused as a bug, and nothing is written", async (t) => {
  const { store, folder, environment, record } = await vaultWithOneRecord(t);
  const other = { ...someRecord(), hash: record.hash };
  await assert.rejects(store.commit(environment, 1, manifestOf([other]), [other]), TypeError);
  assert.equal((await readAll(store, environment)).counter, 1);
  assert.deepEqual(await readdir(`${folder}/env/${environment}/staging`), []);
});

test("an error that is no VaultError never leaves a store that is damaged in any one file", async (t) => {
  const { folder, environment, record } = await vaultWithOneRecord(t);
  await openFileStore(folder).appendAudit(environment, 1, bytesOf("entry"));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.ok(files.length >= 6);
  for (const { parentPath, name } of files) {
    const path = `${parentPath}/${name}`;
    const bytes = await readFile(path);
    await rm(path);
    await mkdir(path);
    const store = openFileStore(folder);
    const reads = [
      () => store.readAccount(),
      () => store.readManifest(environment),
      () => store.readRecord(environment, record),
      () => store.readAudit(environment, 1),
      () => store.listRecords(environment, record.item),
    ];
    const outcomes = await Promise.allSettled(reads.map((read) => read()));
    const failures = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    assert.ok(failures.length > 0, `${name} is a folder, and nobody noticed`);
    for (const failure of failures) assert.ok(isVaultError(failure, "vault-damaged"), String(failure));
    await rm(path, { recursive: true });
    await writeFile(path, bytes);
  }
});

function nameOf({ item, version, epoch, hash }: NewRecord): string {
  return `${item}-${version}-${epoch}-${hash}.ovr`;
}

async function vaultWithOneRecord(
  t: TestContext,
): Promise<{ store: Store; folder: string; environment: Id; record: NewRecord }> {
  const folder = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(folder);
  const environment = await newVault(store);
  return { store, folder, environment, record: await addRecord(store, environment) };
}
