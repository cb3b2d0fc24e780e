import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openDeviceState } from "#core/store/device-state.ts";
import type { DeviceState, Id, Seen } from "#core/store/store.ts";
import { bytesOf, sha256, someId, temporaryFolder } from "./sample.ts";

test("a device has one id, also when several processes ask for it first", async (t) => {
  const folder = `${await temporaryFolder(t)}/state`;
  const ids = await Promise.all(Array.from({ length: 8 }, () => openDeviceState(folder).deviceId()));
  assert.match(ids[0]!, /^[0-9a-f]{32}$/);
  assert.equal(new Set([...ids, await openDeviceState(folder).deviceId()]).size, 1);
  assert.notEqual(await openDeviceState(`${folder}-2`).deviceId(), ids[0]);
});

test("a device file that was cut is refused, and never taken for another device", async (t) => {
  const folder = await temporaryFolder(t);
  await openDeviceState(folder).deviceId();
  for (const text of ["", "12", "../../x", "G".repeat(32)]) {
    await writeFile(`${folder}/device`, text);
    await assert.rejects(openDeviceState(folder).deviceId(), { code: "store-failed", message: /Delete that file/ });
  }
});

test("nothing was seen of a vault that this device does not know", async (t) => {
  const state = openDeviceState(await temporaryFolder(t));
  assert.equal(await state.seen(someId(), "account"), undefined);
  assert.deepEqual(await state.takeFailedUnlocks(someId()), []);
  assert.equal(await state.hasConsent(sha256(bytesOf("x"))), false);
  await state.forget(someId());
});

test("S14 the highest counter that was seen stays, whatever is remembered after it", async (t) => {
  const { state, vault } = await newState(t);
  for (const counter of [1, 5, 3, 4, 10, 9, 2]) await state.remember(vault, "account", pin(counter));
  assert.deepEqual(await state.seen(vault, "account"), pin(10));
});

test("S14 another hash of the highest counter does not take the place of the one that was seen", async (t) => {
  const { state, vault } = await newState(t);
  await state.remember(vault, "account", pin(7));
  await state.remember(vault, "account", { counter: 7, hash: "0".repeat(64) });
  assert.deepEqual(await state.seen(vault, "account"), pin(7));
});

test("S14 of processes that remember at once the highest wins, and no reader sees a lower one or none", async (t) => {
  const { folder, vault } = await newState(t);
  await openDeviceState(folder).remember(vault, "account", pin(1));
  let writing = true;
  const reader = (async () => {
    let highest = 0;
    while (writing) {
      const seen = await openDeviceState(folder).seen(vault, "account");
      assert.ok(seen !== undefined && seen.counter >= highest);
      highest = seen.counter;
    }
  })();
  for (let counter = 2; counter < 80; counter += 4) {
    const racers = [counter + 1, counter, counter + 3, counter + 2];
    await Promise.all(racers.map((each) => openDeviceState(folder).remember(vault, "account", pin(each))));
    assert.equal((await openDeviceState(folder).seen(vault, "account"))?.counter, counter + 3);
  }
  writing = false;
  await reader;
  assert.ok((await readdir(`${folder}/seen/${vault}/account`)).length <= 5, "lower pins are removed");
});

test("pins of other series and vaults are their own, until the vault is forgotten", async (t) => {
  const { state, vault } = await newState(t);
  const [environment, other] = [someId(), someId()];
  await state.remember(vault, "account", pin(3));
  await state.remember(vault, environment, pin(8));
  await state.remember(other, "account", pin(5));
  assert.deepEqual(await state.seen(vault, "account"), pin(3));
  assert.deepEqual(await state.seen(vault, environment), pin(8));

  await state.forget(vault);
  assert.equal(await state.seen(vault, "account"), undefined);
  assert.equal(await state.seen(vault, environment), undefined);
  assert.deepEqual(await state.seen(other, "account"), pin(5));
  await state.remember(vault, "account", pin(2));
  assert.deepEqual(await state.seen(vault, "account"), pin(2));
});

test("files that are no pins are not taken for one", async (t) => {
  const { state, folder, vault } = await newState(t);
  await state.remember(vault, "account", pin(3));
  const strange = ["99", "99-", `99-${"g".repeat(64)}`, `099-${"a".repeat(64)}`, `99-${"a".repeat(63)}`, ".DS_Store"];
  for (const name of strange) await writeFile(`${folder}/seen/${vault}/account/${name}`, "");
  assert.deepEqual(await state.seen(vault, "account"), pin(3));
});

test("failed unlocks are handed over once, oldest first", async (t) => {
  const { state, folder, vault } = await newState(t);
  for (const time of [300, 100, 200, 100]) await state.noteFailedUnlock(vault, time);
  await state.noteFailedUnlock(someId(), 400);
  const taken = await Promise.all([state.takeFailedUnlocks(vault), openDeviceState(folder).takeFailedUnlocks(vault)]);
  assert.deepEqual(
    taken.flat().sort((a, b) => a - b),
    [100, 100, 200, 300],
  );
  assert.deepEqual(await state.takeFailedUnlocks(vault), []);
  for (const time of [2000, 1000]) await state.noteFailedUnlock(vault, time);
  assert.deepEqual(await state.takeFailedUnlocks(vault), [1000, 2000]);
});

test("somebody who guesses passwords can't fill the disk with notes of it", async (t) => {
  const { state, folder, vault } = await newState(t);
  await mkdir(`${folder}/failed/${vault}`, { recursive: true });
  for (let time = 1; time <= 999; time++) {
    await writeFile(`${folder}/failed/${vault}/${time}-00000000`, "");
  }
  for (const time of [2000, 2001, 2002]) await state.noteFailedUnlock(vault, time);
  assert.equal((await state.takeFailedUnlocks(vault)).length, 1000);
});

test("consent is for one key, and stays until it is forgotten", async (t) => {
  const { state, folder } = await newState(t);
  const key = sha256(bytesOf("a project file"));
  await Promise.all([state.giveConsent(key), openDeviceState(folder).giveConsent(key)]);
  assert.equal(await openDeviceState(folder).hasConsent(key), true);
  assert.equal(await state.hasConsent(sha256(bytesOf("another"))), false);
  await Promise.all([state.forgetConsent(key), openDeviceState(folder).forgetConsent(key)]);
  assert.equal(await state.hasConsent(key), false);
  await state.giveConsent(key);
  assert.equal(await state.hasConsent(key), true);
});

test("a key, series or vault that is none never becomes a path", async (t) => {
  const { state, vault } = await newState(t);
  const outside = ["../../outside", "a/b", "", ".", "A".repeat(64), "x\0"];
  for (const text of outside) {
    await assert.rejects(state.giveConsent(text), TypeError);
    await assert.rejects(state.hasConsent(text), TypeError);
    await assert.rejects(state.forgetConsent(text), TypeError);
    await assert.rejects(state.remember(vault, text, pin(1)), TypeError);
    await assert.rejects(state.seen(vault, text), TypeError);
    await assert.rejects(state.remember(text as Id, "account", pin(1)), TypeError); // a caller that broke the brand
    await assert.rejects(state.forget(text as Id), TypeError);
    await assert.rejects(state.noteFailedUnlock(text as Id, 1), TypeError);
  }
  await assert.rejects(state.remember(vault, "account", { counter: 0, hash: pin(1).hash }), TypeError);
  await assert.rejects(state.remember(vault, "account", { counter: 1, hash: "../x" }), TypeError);
});

function pin(counter: number): Seen {
  return { counter, hash: sha256(bytesOf(`head ${counter}`)) };
}

async function newState(
  t: Parameters<typeof temporaryFolder>[0],
): Promise<{ state: DeviceState; folder: string; vault: Id }> {
  const folder = `${await temporaryFolder(t)}/state`;
  return { state: openDeviceState(folder), folder, vault: someId() };
}
