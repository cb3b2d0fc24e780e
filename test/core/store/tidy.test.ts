import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { diskOps, type FileOps } from "#core/store/file-ops.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { Id, Store } from "#core/store/store.ts";
import { FaultyDisk, hastyDisk } from "./faulty-disk.ts";
import {
  addRecord,
  bytesOf,
  manifestOf,
  newVault,
  readAll,
  refOf,
  sha256,
  someId,
  someRecord,
  temporaryFolder,
} from "./sample.ts";

test("of a long history the newest 256 heads and 4 lists are kept, and every record", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  const records = [];
  for (let counter = 0; counter < 300; counter++) {
    const record = someRecord();
    records.push(record);
    await store.commit(environment, counter, manifestOf([record]), [record]);
  }
  assert.equal((await readdir(`${folder}/env/${environment}/manifest`)).length, 256);
  assert.equal((await readdir(`${folder}/env/${environment}/items`)).length, 4);
  assert.deepEqual(await readdir(`${folder}/env/${environment}/staging`), []);
  assert.equal(await store.readManifestHead(environment, 300 - 256), undefined);
  assert.notEqual(await store.readManifestHead(environment, 300 - 255), undefined);
  for (const record of records) assert.equal((await store.readRecord(environment, refOf(record))).length, 200);
  assert.equal((await readAll(openFileStore(folder), environment)).counter, 300);
});

test("the bytes of an older account go at once, since they open with an older password", async (t) => {
  const { store, folder } = await emptyEnvironment(t);
  for (let counter = 1; counter < 40; counter++) await store.writeAccount(counter, bytesOf(`account ${counter + 1}`));
  const names = await readdir(`${folder}/account`);
  assert.equal(names.length, 16);
  for (const name of names) {
    const { size } = await stat(`${folder}/account/${name}`);
    assert.equal(size, name === "40.ova" ? "account 40".length : 0);
  }
  assert.equal((await openFileStore(folder).readAccount())?.counter, 40);
});

test("audit entries are joined 256 at a time, and every entry stays", async (t) => {
  const { store, folder } = await emptyEnvironment(t);
  const device = someId();
  for (let seq = 1; seq <= 520; seq++) await store.appendAudit(device, seq, bytesOf(`entry ${seq}`));
  const names = await readdir(`${folder}/audit/${device}`);
  assert.deepEqual(names.sort(), [...["1-256.ovs", "257-512.ovs"], ...seqs(513, 520)].sort());
  for (const from of [1, 2, 256, 257, 400, 512, 513, 520, 521]) {
    const entries = (await store.readAudit(device, from)).map(String);
    assert.equal(entries.length, 521 - from);
    assert.equal(entries[0], from === 521 ? undefined : `entry ${from}`);
    assert.equal(entries.at(-1), from === 521 ? undefined : "entry 520");
  }
  for (const seq of [5, 256, 257, 512, 520, 522]) {
    await assert.rejects(store.appendAudit(device, seq, bytesOf("again")), { code: "vault-conflict" });
  }
});

test("S10 a crash at a call while audit entries are joined loses no entry, and the next block joins them", async (t) => {
  const { store, folder } = await emptyEnvironment(t);
  const device = someId();
  for (let seq = 1; seq <= 255; seq++) await store.appendAudit(device, seq, bytesOf(`entry ${seq}`));
  const rehearsal = `${await temporaryFolder(t)}/vault`;
  await cp(folder, rehearsal, { recursive: true });
  const { ops, calls } = new FaultyDisk();
  await openFileStore(rehearsal, ops).appendAudit(device, 256, bytesOf("entry 256"));
  assert.ok(calls.length > 256);

  // All calls up to the first entries' removal, then two more of these.
  for (const at of [...Array.from({ length: 16 }, (_, index) => index + 1), 150, calls.length]) {
    const copy = `${await temporaryFolder(t)}/vault`;
    await cp(folder, copy, { recursive: true });
    const disk = new FaultyDisk({ kind: "crash", at });
    const append = openFileStore(copy, disk.ops).appendAudit(device, 256, bytesOf("entry 256"));
    const done = await append.then(
      () => true,
      () => false,
    );
    assert.ok(disk.struck);
    const entries = (await openFileStore(copy).readAudit(device, 1)).map(String);
    assert.ok(entries.length === 256 || (!done && entries.length === 255));
    assert.deepEqual(
      entries,
      Array.from({ length: entries.length }, (_, index) => `entry ${index + 1}`),
    );
    if (at !== 150) continue;
    const next = openFileStore(copy, hastyDisk());
    for (let seq = 257; seq <= 512; seq++) await next.appendAudit(device, seq, bytesOf(`entry ${seq}`));
    assert.deepEqual((await readdir(`${copy}/audit/${device}`)).sort(), ["1-256.ovs", "257-512.ovs"]);
  }
});

test("a missing audit entry, or a cut segment, is vault-damaged", async (t) => {
  const { store, folder } = await emptyEnvironment(t);
  const device = someId();
  for (let seq = 1; seq <= 260; seq++) await store.appendAudit(device, seq, bytesOf(`entry ${seq}`));
  await diskOps.rename(`${folder}/audit/${device}/258.ove`, `${folder}/gone`);
  await assert.rejects(store.readAudit(device, 1), { code: "vault-damaged" });
  assert.equal((await store.readAudit(device, 259)).length, 2);
  await diskOps.rename(`${folder}/gone`, `${folder}/audit/${device}/258.ove`);
  const segment = await readFile(`${folder}/audit/${device}/1-256.ovs`);
  for (let length = segment.length - 1; length >= 0; length -= 101) {
    await writeFile(`${folder}/audit/${device}/1-256.ovs`, segment.subarray(0, length));
    await assert.rejects(store.readAudit(device, 1), { code: "vault-damaged" });
  }
});

test("what a crashed commit left is gone after the next one, and nothing else is", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  const kept = await addRecord(store, environment);
  // Just before the head is published: records and list are there, and the temporary file of the head.
  const rehearsal = new FaultyDisk();
  const record = someRecord();
  await openFileStore(folder, rehearsal.ops).commit(environment, 1, manifestOf([record]), [record]);
  const link = 1 + rehearsal.calls.findIndex((call) => call.startsWith("link"));
  const disk = new FaultyDisk({ kind: "crash", at: link });
  const lost = someRecord();
  await assert.rejects(openFileStore(folder, disk.ops).commit(environment, 2, manifestOf([lost]), [lost]));
  const path = `${folder}/env/${environment}`;
  assert.equal((await readdir(`${path}/staging`)).length, 1);
  assert.equal((await readdir(`${path}/items`)).length, 3);

  assert.deepEqual(await store.listRecords(environment, lost.item), [], "a record of no commit is not listed");
  await addRecord(store, environment);
  assert.deepEqual(await readdir(`${path}/staging`), []);
  assert.equal((await readdir(`${path}/items`)).length, 3);
  await assert.rejects(store.readRecord(environment, lost), { code: "vault-damaged" });
  assert.equal((await store.readRecord(environment, kept)).length, 200);
});

test("temporary files are removed an hour after they were written, not before", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  await addRecord(store, environment);
  const folders = [`env/${environment}/manifest`, `env/${environment}/items`, "account"];
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const path of folders) {
    await writeFile(`${folder}/${path}/2.old.tmp`, "x");
    await writeFile(`${folder}/${path}/2.new.tmp`, "x");
    await utimes(`${folder}/${path}/2.old.tmp`, old, old);
  }
  await addRecord(store, environment);
  await store.writeAccount(1, bytesOf("account 2"));
  for (const path of folders) {
    const temporary = (await readdir(`${folder}/${path}`)).filter((name) => name.endsWith(".tmp"));
    assert.deepEqual(temporary, ["2.new.tmp"]);
  }
});

test("a commit whose records were not moved into place yet is whole for readers, and is completed by the next", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  const first = await addRecord(store, environment);
  const record = someRecord(first.item, 2);
  // The head is there, and then no call succeeds any more.
  const rehearsal = new FaultyDisk();
  const manifest = manifestOf([record]);
  const stuck: FileOps = {
    ...rehearsal.ops,
    rename: ((from: string, to: string) => {
      if (to.endsWith(".ovr")) return Promise.reject(new Error("stopped"));
      return diskOps.rename(from, to);
    }) as typeof diskOps.rename, // the store renames strings only
  };
  await openFileStore(folder, stuck).commit(environment, 1, manifest, [record]);
  assert.equal((await readdir(`${folder}/env/${environment}/staging`)).length, 1);
  assert.deepEqual((await readAll(store, environment)).refs, [refOf(record)]);
  assert.equal((await store.listRecords(environment, first.item)).length, 2);

  await store.deleteRecords(environment, [record]);
  assert.deepEqual(await store.listRecords(environment, first.item), [refOf(first)]);
  assert.deepEqual(await readdir(`${folder}/env/${environment}/staging`), []);
});

test("S11 a writer that slept while its counter was used and pruned does not take it again", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  const before = await addRecord(store, environment);
  const sleepers = [sleepAtLink(), sleepAtLink()] as const;
  const late = someRecord();
  const commit = openFileStore(folder, sleepers[0].ops).commit(environment, 1, manifestOf([late]), [late]);
  const account = openFileStore(folder, sleepers[1].ops).writeAccount(1, bytesOf("late account"));
  const refused = [commit, account].map((late) => assert.rejects(late, { code: "vault-conflict" }));
  await Promise.all(sleepers.map(({ asleep }) => asleep));
  for (let counter = 1; counter < 300; counter++) await store.commit(environment, counter, manifestOf([before]), []);
  for (let counter = 1; counter < 20; counter++) await store.writeAccount(counter, bytesOf("account"));
  for (const { wake } of sleepers) wake();
  await Promise.all(refused);

  assert.deepEqual(await readAll(store, environment), { counter: 300, refs: [refOf(before)] });
  assert.equal(await store.readManifestHead(environment, 2), undefined);
  assert.deepEqual(await store.listRecords(environment, late.item), []);
  assert.equal((await store.readAccount())?.counter, 20);
  assert.equal((await readdir(`${folder}/account`)).includes("2.ova"), false);
});

test("S11 a writer that slept while its audit entry was joined does not take its place", async (t) => {
  const { store, folder } = await emptyEnvironment(t);
  const device = someId();
  await store.appendAudit(device, 1, bytesOf("entry 1"));
  const sleeper = sleepAtLink();
  const late = openFileStore(folder, sleeper.ops).appendAudit(device, 2, bytesOf("late"));
  await sleeper.asleep;
  for (let seq = 2; seq <= 256; seq++) await store.appendAudit(device, seq, bytesOf(`entry ${seq}`));
  sleeper.wake();
  await assert.rejects(late, { code: "vault-conflict" });
  assert.deepEqual(await readdir(`${folder}/audit/${device}`), ["1-256.ovs"]);
  assert.equal(String((await store.readAudit(device, 2))[0]), "entry 2");
});

test("readers that race a prune read again, and always see a whole manifest", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  await addRecord(store, environment);
  let writing = true;
  const readers = Array.from({ length: 3 }, async () => {
    const reader = openFileStore(folder);
    let last = 0;
    // The last one begins when all is written.
    for (let isLast = false; !isLast; ) {
      isLast = !writing;
      const { counter } = await readAll(reader, environment);
      const account = await reader.readAccount();
      assert.ok(counter >= last);
      assert.ok(account !== undefined && account.bytes.length > 0);
      last = counter;
    }
    return last;
  });
  for (let counter = 1; counter <= 30; counter++) {
    await addRecord(store, environment);
    await store.writeAccount(counter, bytesOf(`account ${counter + 1}`));
  }
  writing = false;
  assert.deepEqual(await Promise.all(readers), [31, 31, 31]);
});

test("a folder that a crash left of a deleted environment is removed by the next account write", async (t) => {
  const { store, folder } = await emptyEnvironment(t);
  await mkdir(`${folder}/env/${someId()}.0123456789abcdef.removed/records`, { recursive: true });
  await store.writeAccount(1, bytesOf("account 2"));
  assert.deepEqual(await readdir(`${folder}/env`), []);
});

test("a head that is listed is the one that its list belongs to, also after a lost race for its counter", async (t) => {
  const { store, folder, environment } = await emptyEnvironment(t);
  const record = await addRecord(store, environment);
  const winner = manifestOf([record]);
  // The list of a loser that crashed: the same counter, and another head.
  await writeFile(`${folder}/env/${environment}/items/2-${sha256(bytesOf("loser"))}.ovi`, "[]");
  await store.commit(environment, 1, winner, []);
  assert.deepEqual(Buffer.from((await store.readManifest(environment))!.items), winner.items);
  const lists = await readdir(`${folder}/env/${environment}/items`);
  assert.deepEqual(
    lists.filter((name) => name.startsWith("2-")),
    [`2-${sha256(winner.head)}.ovi`],
  );
});

/** A disk on which a process falls asleep just before its first link. */
function sleepAtLink(): { readonly ops: FileOps; readonly asleep: Promise<void>; readonly wake: () => void } {
  let fallAsleep = () => {};
  let wake = () => {};
  const asleep = new Promise<void>((resolve) => {
    fallAsleep = resolve;
  });
  const awake = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const link: FileOps["link"] = async (from, to) => {
    fallAsleep();
    await awake;
    await diskOps.link(from, to);
  };
  return { ops: { ...diskOps, link }, asleep, wake: () => wake() };
}

function seqs(first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}.ove`);
}

async function emptyEnvironment(t: TestContext): Promise<{ store: Store; folder: string; environment: Id }> {
  const folder = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(folder, hastyDisk());
  return { store, folder, environment: await newVault(store) };
}
