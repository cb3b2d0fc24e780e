import assert from "node:assert/strict";
import { chmod, lstat, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { permissionProblems } from "#core/store/permission-problems.ts";
import { hastyDisk } from "./faulty-disk.ts";
import { addRecord, bytesOf, newVault, someId, temporaryFolder } from "./sample.ts";
import { collect } from "./store-conformance.ts";

// Windows has no such modes: there, the folder of a user's profile is closed to other users.
if (process.platform !== "win32") {
  test("S12 no other user can read or change any folder or file of a vault or of the device's state", async (t) => {
    const parent = await temporaryFolder(t);
    const before = process.umask(0);
    t.after(() => process.umask(before));
    await useEverything(parent);
    const entries = await readdir(parent, { recursive: true, withFileTypes: true });
    assert.ok(entries.length > 40);
    for (const { parentPath, name } of entries) {
      const stat = await lstat(`${parentPath}/${name}`);
      assert.equal(stat.mode & 0o777, stat.isDirectory() ? 0o700 : 0o600, `${parentPath}/${name}`);
    }
    for (const folder of ["vault", "state", "restored"])
      assert.deepEqual(await permissionProblems(`${parent}/${folder}`), []);
  });

  test("a vault that others can read or change is found, with the command that closes it", async (t) => {
    const parent = await temporaryFolder(t);
    await useEverything(parent);
    const cases: [string, number, RegExp][] = [
      ["vault", 0o755, /can read .*chmod -R go-rwx/],
      ["vault", 0o770, /can read or change/],
      ["vault/ov1", 0o644, /can read .*ov1/],
      ["vault/account/1.ova", 0o602, /can read or change .*1\.ova/],
      ["state/device", 0o640, /can read .*device/],
    ];
    for (const [path, mode, problem] of cases) {
      await chmod(`${parent}/${path}`, mode);
      const problems = await permissionProblems(`${parent}/${path.split("/")[0]}`);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, problem);
      await chmod(`${parent}/${path}`, mode & 0o100 ? 0o700 : 0o600);
    }
  });

  test("a folder above that others can write to is found, unless it is sticky", async (t) => {
    const parent = await temporaryFolder(t);
    await mkdir(`${parent}/vault`, { mode: 0o700 });
    await chmod(parent, 0o777);
    assert.match((await permissionProblems(`${parent}/vault`)).join(), /can replace what is in .*chmod go-w/);
    await chmod(parent, 0o1777);
    assert.deepEqual(await permissionProblems(`${parent}/vault`), []);
  });

  test("a link inside a vault is found, and no link is followed", async (t) => {
    const parent = await temporaryFolder(t);
    await mkdir(`${parent}/vault`, { mode: 0o700 });
    await mkdir(`${parent}/elsewhere`);
    await writeFile(`${parent}/elsewhere/open`, "", { mode: 0o666 });
    await symlink(`${parent}/elsewhere`, `${parent}/vault/env`);
    const problems = await permissionProblems(`${parent}/vault`);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /vault\/env is a symbolic link/);
  });

  if (process.getuid?.() === 0) {
    test("a file of another user is found", async (t) => {
      const parent = await temporaryFolder(t);
      await useEverything(parent);
      const { chown } = await import("node:fs/promises");
      await chown(`${parent}/vault/account/1.ova`, 12345, 12345);
      assert.match((await permissionProblems(`${parent}/vault`)).join(), /1\.ova belongs to another user/);
    });
  }

  test("many problems are told as twenty", async (t) => {
    const parent = await temporaryFolder(t);
    await mkdir(`${parent}/vault`, { mode: 0o700 });
    for (let file = 0; file < 50; file++) {
      await writeFile(`${parent}/vault/${file}`, "");
      await chmod(`${parent}/vault/${file}`, 0o644);
    }
    assert.equal((await permissionProblems(`${parent}/vault`)).length, 20);
  });
}

test("a folder that is not there has no problems", async (t) => {
  assert.deepEqual(await permissionProblems(`${await temporaryFolder(t)}/none`), []);
});

async function useEverything(parent: string): Promise<void> {
  const store = openFileStore(`${parent}/vault`, hastyDisk());
  const environment = await newVault(store);
  await addRecord(store, environment);
  await addRecord(store, environment);
  for (let seq = 1; seq <= 257; seq++) await store.appendAudit(environment, seq, bytesOf("entry"));
  const state = openDeviceState(`${parent}/state`);
  await state.deviceId();
  await state.remember(someId(), "account", { counter: 1, hash: "a".repeat(64) });
  await state.noteFailedUnlock(someId(), 1);
  await state.giveConsent("b".repeat(64));
  await openFileStore(`${parent}/restored`).restore(await collect(store.backup()));
}
