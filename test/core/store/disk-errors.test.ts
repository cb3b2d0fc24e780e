import assert from "node:assert/strict";
import { cp, readdir, stat } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { openDeviceState } from "#core/store/device-state.ts";
import { diskOps } from "#core/store/file-ops.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { Id, NewRecord, Store } from "#core/store/store.ts";
import { isVaultError, type VaultErrorCode } from "#core/vault-error.ts";
import { FaultyDisk, hastyDisk } from "./faulty-disk.ts";
import { canMount, onReadOnlyDisk, onTinyDisk } from "./mounted.ts";
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

const FAILURES: readonly (readonly [string, VaultErrorCode])[] = [
  ["ENOSPC", "store-full"],
  ["EDQUOT", "store-full"],
  ["EROFS", "store-read-only"],
  ["EACCES", "store-read-only"],
  ["EIO", "store-failed"],
];

for (const [code, expected] of FAILURES) {
  test(`S10 ${code} from any call of a commit on is ${expected}, and leaves the old or the new state`, async (t) => {
    await atEveryCall(t, { kind: "error", code, persistent: true }, expected);
  });
}

test("S10 ENOSPC at any one call of a commit leaves the old or the new state", async (t) => {
  await atEveryCall(t, { kind: "error", code: "ENOSPC" }, "store-full");
});

test("S10 a failed fsync at any place of a commit is store-failed, and leaves the old or the new state", async (t) => {
  await atEveryCall(t, { kind: "error", code: "EIO", call: "sync" }, "store-failed");
});

test("a disk without hard links is refused with the reason", async (t) => {
  const { folder, environment, old } = await vaultWithOneRecord(t);
  const rehearsal = new FaultyDisk();
  await openFileStore(folder, rehearsal.ops).commit(environment, 1, manifestOf([old]), []);
  const at = 1 + rehearsal.calls.findIndex((call) => call.startsWith("link"));
  const disk = new FaultyDisk({ kind: "error", code: "EPERM", at });
  await assert.rejects(openFileStore(folder, disk.ops).commit(environment, 2, manifestOf([old]), []), {
    code: "store-failed",
    message: /no hard links \(EPERM\).*local disk/,
  });
  assert.equal((await readAll(openFileStore(folder), environment)).counter, 2);
});

test("a full disk names its folder and says what to do", async (t) => {
  const folder = `${await temporaryFolder(t)}/vault`;
  const disk = new FaultyDisk({ kind: "error", code: "ENOSPC", at: 1, persistent: true });
  await assert.rejects(openFileStore(folder, disk.ops).writeAccount(0, bytesOf("account")), {
    code: "store-full",
    message: `No space is left to write ${folder}. Free some space, then try again.`,
  });
});

test("a vault that is to be made where nothing can be written is store-read-only, and no lost race", async (t) => {
  const folder = `${await temporaryFolder(t)}/new/vault`;
  const disk = new FaultyDisk({ kind: "error", code: "EROFS", at: 1, persistent: true });
  await assert.rejects(openFileStore(folder, disk.ops).writeAccount(0, bytesOf("account")), {
    code: "store-read-only",
    message: /can't be written \(EROFS\)\. Make the folder writable/,
  });
});

test("a vault's folder is made with all that is above it, for its owner alone", async (t) => {
  const parent = await temporaryFolder(t);
  await openFileStore(`${parent}/a/b/vault`).writeAccount(0, bytesOf("account"));
  for (const made of ["a", "a/b", "a/b/vault"]) assert.equal((await stat(`${parent}/${made}`)).mode & 0o777, 0o700);
});

test("a place where no folder can be is an error, and not an endless try", async (t) => {
  const folder = `${await temporaryFolder(t)}/no/vault`;
  const mkdir = async () => {
    throw Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "mkdir" });
  };
  await assert.rejects(openFileStore(folder, { ...diskOps, mkdir }).writeAccount(0, bytesOf("account")), {
    code: "store-failed",
  });
});

test("what the device remembers survives a full disk", async (t) => {
  const folder = await temporaryFolder(t);
  const vault = someId();
  const pin = (counter: number) => ({ counter, hash: "a".repeat(64) });
  await openDeviceState(folder).remember(vault, "account", pin(1));
  const disk = new FaultyDisk({ kind: "error", code: "ENOSPC", at: 1, persistent: true });
  await assert.rejects(openDeviceState(folder, disk.ops).remember(vault, "account", pin(2)), { code: "store-full" });
  assert.deepEqual(await openDeviceState(folder).seen(vault, "account"), pin(1));
});

if (canMount) {
  test("S10 a disk that is really full refuses with store-full, loses nothing, and works again with space", async (t) => {
    const folder = await temporaryFolder(t);
    await onTinyDisk(folder, "512k", async () => {
      const store = openFileStore(`${folder}/vault`);
      const environment = await newVault(store);
      const written: NewRecord[] = [];
      assert.equal(await fill(store, environment, written), "store-full");
      assert.ok(written.length > 5);
      assert.deepEqual((await readAll(openFileStore(`${folder}/vault`), environment)).refs, written.map(refOf));

      // A purge makes room, also on a disk that is full to the last block.
      const kept = written.slice(4);
      await store.deleteRecords(environment, written.slice(0, 4));
      await store.commit(environment, written.length, manifestOf(kept), []);
      assert.deepEqual((await readAll(store, environment)).refs, kept.map(refOf));
    });
  });

  test("a vault that is to be made on a disk that is really read-only is refused as that", async (t) => {
    const folder = await temporaryFolder(t);
    await onReadOnlyDisk(folder, async () => {
      const store = openFileStore(`${folder}/home/vault`);
      await assert.rejects(store.writeAccount(0, bytesOf("account")), { code: "store-read-only" });
    });
  });

  test("a folder that is really read-only can be read, and refuses writes with store-read-only", async (t) => {
    const { folder, environment, old } = await vaultWithOneRecord(t);
    await openFileStore(folder).appendAudit(environment, 1, bytesOf("entry"));
    await onReadOnlyDisk(folder, async () => {
      const store = openFileStore(folder);
      assert.deepEqual((await readAll(store, environment)).refs, [refOf(old)]);
      assert.equal((await store.readAudit(environment, 1)).length, 1);
      const writes = [
        () => store.writeAccount(1, bytesOf("account 2")),
        () => addRecord(store, environment),
        () => store.commit(environment, 1, manifestOf([]), []),
        () => store.deleteRecords(environment, [old]),
        () => store.appendAudit(environment, 2, bytesOf("entry")),
      ];
      for (const write of writes) await assert.rejects(write, { code: "store-read-only" });
      assert.equal((await readAll(store, environment)).counter, 1);
    });
  });
}

async function fill(store: Store, environment: Id, written: NewRecord[]): Promise<string> {
  for (;;) {
    const record = someRecord(someId(), 1, Buffer.alloc(20_000, written.length));
    try {
      await store.commit(environment, written.length, manifestOf([...written, record]), [record]);
      written.push(record);
    } catch (error) {
      return isVaultError(error) ? error.code : "another error";
    }
  }
}

type Failure = { kind: "error"; code: string; call?: string; persistent?: boolean };

/** Fails the first, second … changing call of a commit, and checks what is told and what is there. */
async function atEveryCall(t: TestContext, failure: Failure, expected: VaultErrorCode): Promise<void> {
  const { folder: template, environment, old } = await vaultWithOneRecord(t);
  const parent = await temporaryFolder(t);
  const records = [someRecord(), someRecord()];
  let refusals = 0;
  for (let at = 1, reached = true; reached; at++) {
    const folder = `${parent}/${at}`;
    await cp(template, folder, { recursive: true });
    const disk = new FaultyDisk({ ...failure, at });
    const outcome = await openFileStore(folder, disk.ops)
      .commit(environment, 1, manifestOf(records), records)
      .then(
        () => "done",
        (error: unknown) => (isVaultError(error) ? error.code : String(error)),
      );
    reached = disk.calls.length >= at;
    if (outcome !== "done") refusals++;
    assert.ok(outcome === "done" || outcome === expected, `${outcome} at call ${at}: ${disk.calls[at - 1]}`);
    const store = openFileStore(folder, hastyDisk());
    const { counter, refs } = await readAll(store, environment);
    if (outcome === "done") assert.equal(counter, 2);
    assert.deepEqual(refs, counter === 1 ? [refOf(old)] : records.map(refOf), `at ${disk.calls[at - 1]}`);
    await addRecord(store, environment);
    assert.deepEqual(await readdir(`${folder}/env/${environment}/staging`), []);
  }
  assert.ok(refusals > 3);
}

async function vaultWithOneRecord(t: TestContext): Promise<{ folder: string; environment: Id; old: NewRecord }> {
  const folder = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(folder);
  const environment = await newVault(store);
  return { folder, environment, old: await addRecord(store, environment) };
}
