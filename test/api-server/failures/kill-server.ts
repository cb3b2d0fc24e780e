import { setTimeout as sleep } from "node:timers/promises";
import { type ApiProcess, type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { type LoadResult, startLoad } from "./load.ts";
import { freePort } from "./postgres-cluster.ts";
import { randomOf } from "./random-of.ts";

export interface KillServer extends LoadResult {
  readonly kills: number;
}

/** Clients write, each to an environment of its own; the server is killed at random moments, and started again. */
export async function killServer(
  options: ApiProcessOptions,
  { writes, kills, seed }: { readonly writes: number; readonly kills: number; readonly seed: number },
): Promise<KillServer> {
  const random = randomOf(seed);
  const fixed = { ...options, port: await freePort() };
  let api: ApiProcess = await startApiProcess(fixed);
  const load = await startLoad([api], writes);
  for (let killed = 0; killed < kills; killed++) {
    // Spread over the writes, and each at any moment of a few calls.
    await load.until((writes * (killed + random())) / kills);
    await sleep(random() * 10);
    await api.kill();
    api = await startApiProcess(fixed);
  }
  const result = await load.result(api);
  await api.stop();
  return { ...result, kills };
}
