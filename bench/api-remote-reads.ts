import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import { writeDrafts } from "#core/vault/secret-write.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { startApiProcess } from "../test/api-server/failures/api-process.ts";
import { cuttingProxy } from "../test/api-server/failures/cutting-proxy.ts";
import { madeVault } from "../test/api-server/failures/made-vault.ts";
import { quickCaller } from "../test/api-server/failures/quick-caller.ts";
import { realVault, unlockOn } from "../test/api-server/failures/real-vault.ts";
import { DEV, PASSWORD } from "../test/core/vault/fixture.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { printTable, takeTurns } from "./measure.ts";

/** What a run asks of its store, 20 secrets, on this machine and over a server; and how often it calls there. */
export async function remoteReads(): Promise<void> {
  const closing: (() => void)[] = [];
  const scope = { after: (close: () => void) => void closing.push(close) };
  const api = await startApiProcess({ folder: temporaryFolder("ov-bench-remote-"), isOpen: true });
  const proxy = await cuttingProxy(Number(new URL(api.url).port), () => 1);
  const folder = temporaryFolder("ov-bench-device-");
  const real = await realVault(scope, { ...api, url: `http://127.0.0.1:${proxy.port}` }, folder);
  const local = { store: openFileStore(join(folder, "local")), device: openDeviceState(join(folder, "state2")) };
  const sessions = {
    embedded: await unlockVault({ ...local, now: Date.now }, PASSWORD),
    // As `ov` has it: steps of one run within 200 ms ask the server once.
    remote: await unlockOn(scope, real, Date.now, REUSE),
  };
  const names = Array.from({ length: 20 }, (_, at) => requireSecretName(`KEY_${at}`));
  const drafts = names.map((name) => ({ name, value: Buffer.from("sk_test_Zq8mB2xT7wPn4Lk9") }));
  for (const session of Object.values(sessions)) await writeDrafts(session, DEV, "upsert", drafts);
  const vault = madeVault();
  const base = await quickCaller(api, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const caller = await quickCaller(api, vault.device);
  const read = (session: (typeof sessions)["remote"]) => async () => {
    for (const { value } of await readSecrets(session, DEV, names)) value.fill(0);
  };
  await sleep(2 * REUSE);
  const before = proxy.answers;
  await read(sessions.remote)();
  const calls = proxy.answers - before;
  const times = await takeTurns(
    [
      { name: "embedded", run: read(sessions.embedded) },
      { name: "the time between two runs", run: () => sleep(2 * REUSE) },
      { name: "remote", run: read(sessions.remote) },
      { name: "one sealed call", run: () => caller.call("GET", "/account?have=1") },
    ],
    20,
  );
  const [embedded, remote, call] = ["embedded", "remote", "one sealed call"].map((name) => times.get(name)!);
  printTable(
    ["Reading 20 secrets for a run", "Median, ms", "Calls"],
    [
      ["from the file store", embedded!.toFixed(1), "0"],
      ["from a server on this machine", remote!.toFixed(1), String(calls)],
      ["more", (remote! - embedded!).toFixed(1), ""],
      ["one sealed call of a client on OpenSSL, for comparison", call!.toFixed(1), "1"],
    ],
  );
  for (const session of Object.values(sessions)) session.lock();
  for (const close of [...closing, () => caller.close(), () => base.close()]) close();
  await proxy.close();
  await api.stop();
}

const REUSE = 200;
