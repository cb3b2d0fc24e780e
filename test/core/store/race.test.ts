import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openFileStore } from "#core/store/file-store.ts";
import { hastyDisk } from "./faulty-disk.ts";
import { addRecord, bytesOf, newVault, readAll, someId, temporaryFolder } from "./sample.ts";

test("S11 two processes that write at once, 200 rounds each, lose no write of each other", async (t) => {
  const folder = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(folder);
  const environment = await newVault(store);
  const writers = [startWriter(t, folder, environment, 200), startWriter(t, folder, environment, 200)];
  const acknowledged = await Promise.all(writers.map(({ ended }) => ended));
  assert.deepEqual(
    writers.map(({ child }) => child.exitCode),
    [0, 0],
  );
  // Each counter was given to one writer only, and every record of both is named and readable.
  const counters = acknowledged.flat().sort((a, b) => a - b);
  assert.deepEqual(
    counters,
    Array.from({ length: 400 }, (_, index) => index + 1),
  );
  const { counter, refs } = await readAll(openFileStore(folder), environment);
  assert.equal(counter, 400);
  assert.equal(new Set(refs.map(({ hash }) => hash)).size, 400);
});

test("S10 a writer that is killed at random moments of 200 writes leaves every acknowledged write", async (t) => {
  const folder = `${await temporaryFolder(t)}/vault`;
  const store = openFileStore(folder);
  const environment = await newVault(store);
  let before = 0;
  let acknowledged = 0;
  while (acknowledged < 200) {
    const { child, ended, told } = startWriter(t, folder, environment, 1000);
    const enough = randomInt(1, 10);
    while (told() < enough) await once(child.stdout!, "data");
    // Not when it tells of a write: somewhere inside one of the next.
    await sleep(randomInt(0, 8));
    child.kill("SIGKILL");
    const counters = await ended;
    assert.equal(child.signalCode, "SIGKILL");
    acknowledged += counters.length;

    const { counter, refs } = await readAll(openFileStore(folder), environment);
    assert.equal(refs.length, counter, "every state is one whole commit");
    // The last commit may have taken place without the time to say so.
    const last = counters.at(-1) ?? before;
    assert.ok(counter === last || counter === last + 1, `killed at ${last}, found ${counter}`);
    before = counter;
  }
  await addRecord(store, environment);
  assert.deepEqual(await readdir(`${folder}/env/${environment}/staging`), []);
});

test("S11 audit entries of several clients of one device make one chain", async (t) => {
  const folder = `${await temporaryFolder(t)}/vault`;
  await newVault(openFileStore(folder));
  const device = someId();
  const append = async (name: string) => {
    const store = openFileStore(folder, hastyDisk());
    for (let round = 0; round < 150; ) {
      const seq = (await store.readAudit(device, 1)).length + 1;
      const won = await store.appendAudit(device, seq, bytesOf(`${name} ${round}`)).then(
        () => true,
        (error) => assert.equal(error.code, "vault-conflict"),
      );
      if (won) round++;
    }
  };
  await Promise.all([append("a"), append("b")]);
  const entries = await openFileStore(folder).readAudit(device, 1);
  assert.equal(new Set(entries.map(String)).size, 300);
  // The first 256 were joined meanwhile.
  assert.equal((await readdir(`${folder}/audit/${device}`)).length, 1 + 300 - 256);
});

interface Writer {
  readonly child: ChildProcess;
  /** How many it has printed so far. */
  readonly told: () => number;
  /** The counters that it printed, when it ends. */
  readonly ended: Promise<readonly number[]>;
}

function startWriter(t: TestContext, folder: string, environment: string, count: number): Writer {
  const script = fileURLToPath(new URL("race-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, environment, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
    // The second process of a test starts in half the time.
    env: { ...process.env, NODE_COMPILE_CACHE: `${folder}-cache` },
  });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const ended = once(child, "close").then(() => text.split("\n").slice(0, -1).map(Number));
  return { child, told: () => text.split("\n").length - 1, ended };
}
