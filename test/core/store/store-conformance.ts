import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Id, RecordRef, Store, StoredObject } from "#core/store/store.ts";
import { addRecord, bytesOf, manifestOf, newVault, readAll, refOf, someId, someRecord } from "./sample.ts";

/** Opens the same empty store again and again: each call is another client of it. */
export type OpenStore = () => Promise<Store>;

/**
 * What every store promises, whatever it stores in. `make` gives an empty store, which ends with the test. A server's
 * takes no backups, writes the audit chain of one device, and knows no account that was never made.
 */
export function storeConformance(
  make: (t: TestContext) => Promise<OpenStore>,
  { device, restores = true }: { readonly device?: Id; readonly restores?: boolean } = {},
): void {
  test("an empty store has no account, manifest, audit chain or record", async (t) => {
    const store = await (await make(t))();
    assert.equal(await store.readAccount(), undefined);
    assert.equal(await store.readManifest(someId()), undefined);
    assert.equal(await store.readManifestHead(someId(), 1), undefined);
    assert.deepEqual(await store.auditDevices(), []);
    assert.deepEqual(await store.readAudit(someId(), 1), []);
    assert.deepEqual(await store.listRecords(someId(), someId()), []);
  });

  test("the newest account object is the one that is read, by every client", async (t) => {
    const open = await make(t);
    const store = await open();
    await store.writeAccount(0, bytesOf("first"));
    await store.writeAccount(1, bytesOf("second"));
    for (const client of [store, await open()]) {
      const account = await client.readAccount();
      assert.equal(account?.counter, 2);
      assert.deepEqual(Buffer.from(account?.bytes ?? []), bytesOf("second"));
    }
  });

  test("an account object with another counter than the next is refused", async (t) => {
    const open = await make(t);
    const store = await open();
    await store.writeAccount(0, bytesOf("first"));
    await store.writeAccount(1, bytesOf("second"));
    for (const expected of [0, 1, 3]) {
      await assert.rejects((await open()).writeAccount(expected, bytesOf("other")), { code: "vault-conflict" });
    }
    assert.deepEqual(Buffer.from((await store.readAccount())!.bytes), bytesOf("second"));
  });

  test("a commit shows the head, the items and the records together", async (t) => {
    const open = await make(t);
    const environment = await newVault(await open());
    const records = [someRecord(), someRecord()];
    const manifest = manifestOf(records);
    await (await open()).commit(environment, 0, manifest, records);
    const reader = await open();
    const stored = await reader.readManifest(environment);
    assert.equal(stored?.counter, 1);
    assert.deepEqual(Buffer.from(stored!.head), manifest.head);
    assert.deepEqual(Buffer.from(stored!.items), manifest.items);
    for (const record of records) {
      assert.deepEqual(Buffer.from(await reader.readRecord(environment, refOf(record))), Buffer.from(record.bytes));
    }
  });

  test("a client that has the newest manifest is told so, and one that has an older one gets the newest", async (t) => {
    const open = await make(t);
    const store = await open();
    const environment = await newVault(store);
    await addRecord(store, environment);
    await addRecord(store, environment);
    assert.equal(await (await open()).readManifest(environment, 2), undefined);
    assert.equal((await (await open()).readManifest(environment, 1))?.counter, 2);
  });

  test("a client that has a newer manifest than the store gets what the store has, to see that it rolled back", async (t) => {
    const open = await make(t);
    const store = await open();
    const environment = await newVault(store);
    await addRecord(store, environment);
    assert.equal((await store.readManifest(environment, 7))?.counter, 1);
  });

  test("earlier heads can be read for the chain", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    const manifests = [manifestOf([]), manifestOf([]), manifestOf([])];
    for (const [index, manifest] of manifests.entries()) await store.commit(environment, index, manifest, []);
    for (const [index, { head }] of manifests.entries()) {
      assert.deepEqual(Buffer.from((await store.readManifestHead(environment, index + 1))!), head);
    }
    assert.equal(await store.readManifestHead(environment, 4), undefined);
  });

  test("a commit on anything but the newest manifest is refused, and leaves nothing behind", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    const kept = await addRecord(store, environment);
    const late = someRecord(kept.item, 2);
    for (const expected of [0, 2, 9]) {
      await assert.rejects(store.commit(environment, expected, manifestOf([late]), [late]), { code: "vault-conflict" });
    }
    assert.deepEqual(await readAll(store, environment), { counter: 1, refs: [refOf(kept)] });
    assert.deepEqual(await store.listRecords(environment, kept.item), [refOf(kept)]);
  });

  test("of clients that commit at once one wins, and its record of the same version is the one that is found", async (t) => {
    const open = await make(t);
    const environment = await newVault(await open());
    const item = someId();
    for (let counter = 0; counter < 5; counter++) {
      const racers = await Promise.all(
        Array.from({ length: 4 }, async () => ({ store: await open(), record: someRecord(item, counter + 1) })),
      );
      const outcomes = await Promise.allSettled(
        racers.map(({ store, record }) => store.commit(environment, counter, manifestOf([record]), [record])),
      );
      const won = racers.filter((_, index) => outcomes[index]?.status === "fulfilled");
      assert.equal(won.length, 1);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") assert.equal(outcome.reason.code, "vault-conflict");
      const seen = await readAll(await open(), environment);
      assert.deepEqual(seen, { counter: counter + 1, refs: [refOf(won[0]!.record)] });
    }
    assert.equal((await (await open()).listRecords(environment, item)).length, 5);
  });

  test("a record that loses a race can be written again, as it is, by the next commit", async (t) => {
    const open = await make(t);
    const [first, second] = [await open(), await open()];
    const environment = await newVault(first);
    const late = someRecord();
    const early = await addRecord(first, environment);
    await assert.rejects(second.commit(environment, 0, manifestOf([late]), [late]), { code: "vault-conflict" });
    await second.commit(environment, 1, manifestOf([early, late]), [late]);
    assert.equal((await readAll(first, environment)).refs.length, 2);
  });

  test("all versions of one item are listed, and none of another's", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    const item = someId();
    const neighbour = someRecord();
    const versions = [someRecord(item, 1), someRecord(item, 2), someRecord(item, 12)];
    await store.commit(environment, 0, manifestOf([]), [...versions, neighbour]);
    assert.deepEqual(byVersion(await store.listRecords(environment, item)), versions.map(refOf));
  });

  test("deleted records are gone, the others stay, and deleting them again is no error", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    const item = someId();
    const versions = [someRecord(item, 1), someRecord(item, 2)] as const;
    await store.commit(environment, 0, manifestOf([versions[1]]), versions);
    await store.deleteRecords(environment, [versions[0]]);
    await store.deleteRecords(environment, [versions[0], someRecord()]);
    assert.deepEqual(await store.listRecords(environment, item), [refOf(versions[1])]);
    await assert.rejects(store.readRecord(environment, versions[0]), { code: "vault-damaged" });
    assert.equal((await readAll(store, environment)).refs.length, 1);
  });

  test("a deleted environment is gone for every client, the others stay, and deleting it again is no error", async (t) => {
    const open = await make(t);
    const store = await open();
    const environment = await newVault(store);
    const other = someId();
    const record = await addRecord(store, environment);
    await addRecord(store, other);
    await store.deleteEnvironment(environment);
    await store.deleteEnvironment(environment);
    for (const client of [store, await open()]) {
      assert.equal(await client.readManifest(environment), undefined);
      await assert.rejects(client.readManifest(environment, 1), { code: "vault-damaged" });
      await assert.rejects(client.readRecord(environment, record), { code: "vault-damaged" });
      await assert.rejects(client.commit(environment, 1, manifestOf([]), []), { code: "vault-conflict" });
      assert.equal((await readAll(client, other)).refs.length, 1);
    }
  });

  test("audit entries come back in order, from any place in the chain", async (t) => {
    const open = await make(t);
    const store = await open();
    await newVault(store);
    const [own, other] = [device ?? someId(), someId()];
    for (let seq = 1; seq <= 9; seq++) await store.appendAudit(own, seq, bytesOf(`entry ${seq}`));
    if (device === undefined) await store.appendAudit(other, 1, bytesOf("other"));
    for (const from of [1, 5, 9, 10]) {
      const texts = (await (await open()).readAudit(own, from)).map((entry) => Buffer.from(entry).toString());
      assert.deepEqual(
        texts,
        Array.from({ length: 10 - from }, (_, index) => `entry ${from + index}`),
      );
    }
    const devices = device === undefined ? [own, other] : [own];
    assert.deepEqual([...(await store.auditDevices())].sort(), devices.sort());
  });

  test("an audit entry that is not the next one is refused", async (t) => {
    const open = await make(t);
    const store = await open();
    await newVault(store);
    const own = device ?? someId();
    await store.appendAudit(own, 1, bytesOf("first"));
    for (const seq of [1, 3]) {
      await assert.rejects((await open()).appendAudit(own, seq, bytesOf("other")), { code: "vault-conflict" });
    }
    assert.deepEqual((await store.readAudit(own, 1)).map(Buffer.from), [bytesOf("first")]);
  });

  test("nothing can be written where there is no vault", async (t) => {
    const store = await (await make(t))();
    const record = someRecord();
    await assert.rejects(store.commit(someId(), 0, manifestOf([record]), [record]), { code: "vault-absent" });
    await assert.rejects(store.appendAudit(device ?? someId(), 1, bytesOf("entry")), { code: "vault-absent" });
    assert.equal(await store.readAccount(), undefined);
  });

  if (!restores) return;

  test("a backup restored into an empty store holds everything, and can be written on", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    await store.writeAccount(1, bytesOf("account 2"));
    const history = await addRecord(store, environment);
    await addRecord(store, environment, someRecord(history.item, 2));
    await store.appendAudit(environment, 1, bytesOf("entry"));

    const restored = await (await make(t))();
    await restored.restore(await collect(store.backup()));
    assert.equal((await restored.readAccount())?.counter, 2);
    assert.deepEqual(await readAll(restored, environment), await readAll(store, environment));
    assert.deepEqual(
      byVersion(await restored.listRecords(environment, history.item)),
      byVersion(await store.listRecords(environment, history.item)),
    );
    assert.deepEqual(await restored.readManifestHead(environment, 1), await store.readManifestHead(environment, 1));
    assert.deepEqual((await restored.readAudit(environment, 1)).map(Buffer.from), [bytesOf("entry")]);

    await restored.writeAccount(2, bytesOf("account 3"));
    await addRecord(restored, environment);
    await restored.appendAudit(environment, 2, bytesOf("next"));
    await assert.rejects(restored.writeAccount(0, bytesOf("again")), { code: "vault-conflict" });
    await assert.rejects(restored.commit(environment, 0, manifestOf([]), []), { code: "vault-conflict" });
  });

  test("a restore over a vault is refused, and the vault stays", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    await addRecord(store, environment);
    const objects = await collect(store.backup());
    const other = await (await make(t))();
    await other.writeAccount(0, bytesOf("another vault"));
    await assert.rejects(other.restore(objects), { code: "vault-exists" });
    assert.deepEqual(Buffer.from((await other.readAccount())!.bytes), bytesOf("another vault"));
    assert.equal(await other.readManifest(environment), undefined);
  });

  test("a backup with a missing or changed object is refused, and the store stays empty", async (t) => {
    const store = await (await make(t))();
    const environment = await newVault(store);
    await addRecord(store, environment);
    const objects = await collect(store.backup());
    const hostile: StoredObject[][] = [
      [],
      objects.filter(({ path }) => !path.startsWith("account/")),
      objects.filter(({ path }) => !path.includes("/manifest/")),
      objects.filter(({ path }) => !path.includes("/items/")),
      [...objects, objects[0]!],
      objects.map(({ path, bytes }) => ({ path, bytes: path.includes("/records/") ? bytes.subarray(1) : bytes })),
    ];
    for (const objects of hostile) {
      const target = await (await make(t))();
      await assert.rejects(target.restore(objects), { code: "backup-invalid" });
      assert.equal(await target.readAccount(), undefined);
    }
  });
}

export async function collect(objects: AsyncIterable<StoredObject>): Promise<StoredObject[]> {
  const all: StoredObject[] = [];
  for await (const object of objects) all.push(object);
  return all;
}

function byVersion(refs: readonly RecordRef[]): readonly RecordRef[] {
  return [...refs].sort((a, b) => a.version - b.version);
}
