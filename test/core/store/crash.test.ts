import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { openDeviceState } from "#core/store/device-state.ts";
import type { FileOps } from "#core/store/file-ops.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { Id, NewRecord, Store } from "#core/store/store.ts";
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
import { collect } from "./store-conformance.ts";

test("S10 a crash or power loss at any call of a commit leaves the old or the new state, and the next commit works", async (t) => {
  const { template, environment, old } = await vaultWithOneRecord(t);
  const records = [someRecord(), someRecord(old.item, 2)];
  const manifest = manifestOf(records);
  const states = new Set<number>();
  await atEveryCall(t, template, {
    act: (store) => store.commit(environment, 1, manifest, records),
    async check(store, done) {
      const { counter, refs } = await readAll(store, environment);
      states.add(counter);
      if (done) assert.equal(counter, 2, "a commit that was acknowledged was lost");
      assert.deepEqual(refs, counter === 1 ? [refOf(old)] : records.map(refOf));
      assert.equal((await store.listRecords(environment, old.item)).length, counter);

      await addRecord(store, environment);
      assert.equal((await readAll(store, environment)).counter, counter + 1);
    },
  });
  assert.deepEqual(states, new Set([1, 2]));
});

test("S10 a crash or power loss at any call of the first commit leaves no environment or a whole one", async (t) => {
  const { template } = await vaultWithOneRecord(t);
  const environment = someId();
  const record = someRecord();
  await atEveryCall(t, template, {
    act: (store) => store.commit(environment, 0, manifestOf([record]), [record]),
    async check(store, done) {
      const { counter } = await readAll(store, environment);
      if (done) assert.equal(counter, 1);
      await addRecord(store, environment);
      assert.equal((await readAll(store, environment)).refs.length, counter + 1);
    },
  });
});

test("S10 a crash or power loss at any call while a vault is made leaves no vault or a whole one", async (t) => {
  await atEveryCall(t, undefined, {
    act: (store) => store.writeAccount(0, bytesOf("account 1")),
    async check(store, done) {
      const account = await store.readAccount();
      if (done) assert.equal(account?.counter, 1);
      await store.writeAccount(account?.counter ?? 0, bytesOf("account 2"));
      await addRecord(store, someId());
    },
  });
});

test("S10 a crash or power loss at any call of an account write leaves the old or the new account", async (t) => {
  const { template } = await vaultWithOneRecord(t);
  await atEveryCall(t, template, {
    act: (store) => store.writeAccount(1, bytesOf("account 2")),
    async check(store, done) {
      const account = await store.readAccount();
      if (done) assert.equal(account?.counter, 2);
      assert.deepEqual(Buffer.from(account!.bytes), bytesOf(`account ${account!.counter}`));
      await store.writeAccount(account!.counter, bytesOf("next"));
    },
  });
});

test("S10 a crash or power loss at any call of an audit append leaves the chain with or without the entry", async (t) => {
  const { template } = await vaultWithOneRecord(t);
  const device = someId();
  await openFileStore(template).appendAudit(device, 1, bytesOf("entry 1"));
  await atEveryCall(t, template, {
    act: (store) => store.appendAudit(device, 2, bytesOf("entry 2")),
    async check(store, done) {
      const entries = await store.readAudit(device, 1);
      if (done) assert.equal(entries.length, 2);
      assert.deepEqual(entries.map(Buffer.from), [bytesOf("entry 1"), bytesOf("entry 2")].slice(0, entries.length));
      await store.appendAudit(device, entries.length + 1, bytesOf("next"));
    },
  });
});

test("S10 a crash or power loss at any call of a purge leaves the records that the manifest names", async (t) => {
  const { template, environment, old } = await vaultWithOneRecord(t);
  const newer = someRecord(old.item, 2);
  await openFileStore(template).commit(environment, 1, manifestOf([newer]), [newer]);
  await atEveryCall(t, template, {
    act: (store) => store.deleteRecords(environment, [old]),
    async check(store, done) {
      assert.deepEqual((await readAll(store, environment)).refs, [refOf(newer)]);
      if (done) assert.deepEqual(await store.listRecords(environment, old.item), [refOf(newer)]);
    },
  });
});

test("S10 a crash or power loss at any call of an environment's deletion leaves it whole or not at all", async (t) => {
  const { template, environment } = await vaultWithOneRecord(t);
  await atEveryCall(t, template, {
    act: (store) => store.deleteEnvironment(environment),
    async check(store, done) {
      const { counter } = await readAll(store, environment);
      if (done) assert.equal(counter, 0);
      await store.deleteEnvironment(environment);
      assert.equal(await store.readManifest(environment), undefined);
    },
  });
});

test("S10 a crash or power loss at any call of a restore leaves no vault or a whole one", async (t) => {
  const { template, environment, old } = await vaultWithOneRecord(t);
  const objects = await collect(openFileStore(template).backup());
  await atEveryCall(t, undefined, {
    act: (store) => store.restore(objects),
    async check(store, done) {
      const account = await store.readAccount();
      if (done) assert.equal(account?.counter, 1);
      if (account === undefined) await store.restore(objects);
      assert.deepEqual((await readAll(store, environment)).refs, [refOf(old)]);
    },
  });
});

test("S10 a crash or power loss at any call of a pin never lowers what this device has seen", async (t) => {
  const vault = someId();
  const pin = (counter: number) => ({ counter, hash: sha256(bytesOf(`head ${counter}`)) });
  await atEveryCall(t, undefined, {
    async before(folder) {
      for (const counter of [1, 2, 3])
        await openDeviceState(folder, hastyDisk()).remember(vault, "account", pin(counter));
    },
    act: (_, folder, ops) => openDeviceState(folder, ops).remember(vault, "account", pin(4)),
    async check(_, done, folder) {
      const seen = await openDeviceState(folder).seen(vault, "account");
      assert.deepEqual(seen, pin(done ? 4 : (seen?.counter ?? 0)));
      assert.ok(seen !== undefined && seen.counter >= 3);
    },
  });
});

interface Interrupted {
  readonly before?: (folder: string) => Promise<void>;
  readonly act: (store: Store, folder: string, ops: FileOps) => Promise<void>;
  /** `done`: the call was acknowledged, so it must be there. */
  readonly check: (store: Store, done: boolean, folder: string) => Promise<void>;
}

/** Runs `act` again and again, and ends its process at the first, second … call that changes the disk, in three ways. */
async function atEveryCall(
  t: TestContext,
  template: string | undefined,
  { before, act, check }: Interrupted,
): Promise<void> {
  const parent = await temporaryFolder(t);
  let calls = 0;
  for (const end of ["killed", "power lost, names kept", "power lost, names lost"] as const) {
    for (let at = 1, struck = true; struck; at++) {
      const folder = `${parent}/${end.replaceAll(/\W+/g, "-")}-${at}`;
      if (template !== undefined) await cp(template, folder, { recursive: true });
      await before?.(folder);
      const disk = new FaultyDisk({ kind: "crash", at });
      const done = await act(openFileStore(folder, disk.ops), folder, disk.ops).then(
        () => true,
        () => false,
      );
      struck = disk.struck;
      if (end !== "killed") disk.losePower(end === "power lost, names lost");
      try {
        await check(openFileStore(folder, hastyDisk()), done, folder);
      } catch (error) {
        throw new Error(`${end} at call ${at}: ${disk.calls.at(-1)?.replace(folder, "")}`, { cause: error });
      }
      calls = Math.max(calls, disk.calls.length);
    }
  }
  assert.ok(calls > 1, "nothing was interrupted");
}

async function vaultWithOneRecord(t: TestContext): Promise<{ template: string; environment: Id; old: NewRecord }> {
  const template = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(template);
  const environment = await newVault(store);
  return { template, environment, old: await addRecord(store, environment) };
}
