import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { verifyVault } from "#core/vault/backup.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { readSecrets, secretHistory } from "#core/vault/secret-read.ts";
import { createVault, unlockVault } from "#core/vault/vault.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import { DEV, PASSWORD } from "./fixture.ts";

const WRITER = fileURLToPath(new URL("fixtures/writer.ts", import.meta.url));

async function withVault(run: (folder: string, deps: VaultDeps) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ov-processes-"));
  const deps = {
    store: openFileStore(join(folder, "vault")),
    device: openDeviceState(join(folder, "state")),
    now: Date.now,
  };
  const { session } = await createVault(deps, PASSWORD);
  await createEnvironment(session, DEV);
  session.lock();
  await run(folder, deps).finally(() => rm(folder, { recursive: true, force: true }));
}

function startWriter(folder: string, name: string, count: number): ChildProcess {
  return spawn(process.execPath, [WRITER, folder, name, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
}

test("two processes that write 200 secrets at once lose none, in one linear history", () =>
  withVault(async (folder, deps) => {
    const names = ["FROM_ONE", "FROM_TWO"];
    const writers = names.map((name) => startWriter(folder, name, 100));
    for (const writer of writers) writer.stdout!.resume();
    const ends = await Promise.all(writers.map((writer) => once(writer, "exit")));
    assert.deepEqual(
      ends.map(([code]) => code),
      [0, 0],
    );

    const session = await unlockVault(deps, PASSWORD);
    const secrets = await readSecrets(session, DEV, names.map(requireSecretName));
    assert.deepEqual(
      secrets.map(({ version, value }) => `${version} ${value}`),
      names.map((name) => `100 ${name} round 100`),
    );
    const { head } = await (await session.environment(DEV)).load();
    assert.equal(head.counter, 1 + 200);
    const writes = (await session.auditEntries()).filter(({ body }) => body?.action === "write");
    assert.equal(writes.length, 200);
  }));

test("a writer that is killed at random moments leaves the old or the new state, and every acknowledged write", () =>
  withVault(async (folder, deps) => {
    const name = requireSecretName("KILLED");
    let acknowledged = 0;
    for (let round = 0; round < 8; round++) {
      const writer = startWriter(folder, name, 1000);
      const lines = createInterface({ input: writer.stdout! });
      const target = randomInt(1, 50);
      let seen = 0;
      lines.on("line", (line) => {
        if (line === "ready") return;
        acknowledged = Number(line);
        // Not at the line itself: somewhere inside one of the next writes.
        if (++seen === target) setTimeout(() => writer.kill("SIGKILL"), randomInt(0, 8));
      });
      await once(writer, "close");

      const session = await unlockVault(deps, PASSWORD);
      const [secret] = await readSecrets(session, DEV, [name]);
      const [newest] = await secretHistory(session, DEV, name);
      assert.equal(newest!.version, secret!.version);
      assert.ok(
        secret!.version === acknowledged || secret!.version === acknowledged + 1,
        `${secret!.version} after ${acknowledged}`,
      );
      await verifyVault(session);
      session.lock();
    }
    assert.ok(acknowledged >= 8);
  }));
