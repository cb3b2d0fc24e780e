import { setTimeout as sleep } from "node:timers/promises";
import { type ApiProcess, type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { ledgerOf } from "./ledger.ts";
import { madeVault } from "./made-vault.ts";
import { freePort } from "./postgres-cluster.ts";
import { quickCaller } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";

export interface KillServer {
  readonly acknowledged: number;
  readonly kills: number;
  /** Writes that got no answer, and were sent again. */
  readonly again: number;
  readonly lost: number;
  readonly half: number;
}

/** Clients write, each to an environment of its own; the server is killed at random moments, and started again. */
export async function killServer(
  options: ApiProcessOptions,
  { writes, kills, seed }: { readonly writes: number; readonly kills: number; readonly seed: number },
): Promise<KillServer> {
  const random = randomOf(seed);
  const fixed = { ...options, port: await freePort() };
  let api: ApiProcess = await startApiProcess(fixed);
  const vault = madeVault();
  const base = await quickCaller(api, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const caller = await quickCaller(api, vault.device);
  const ledgers = Array.from({ length: CLIENTS }, () => ledgerOf(vault));
  let [started, finished, killed] = [0, 0, 0];

  const writing = Promise.all(
    ledgers.map(async (ledger) => {
      while (started < writes) {
        started++;
        await ledger.write(caller);
        finished++;
      }
    }),
  );
  while (killed < kills) {
    // Spread over the writes, and each at any moment of a few calls.
    while (finished < (writes * (killed + random())) / kills && finished < writes) await sleep(1);
    await sleep(random() * 10);
    await api.kill();
    killed++;
    api = await startApiProcess(fixed);
  }
  await writing;
  let [lost, half] = [0, 0];
  for (const ledger of ledgers) {
    const found = await ledger.check(caller);
    lost += found.lost;
    half += found.half;
  }
  base.close();
  caller.close();
  await api.stop();
  const again = ledgers.reduce((sum, ledger) => sum + ledger.again, 0);
  return { acknowledged: finished, kills: killed, again, lost, half };
}

const CLIENTS = 4;
