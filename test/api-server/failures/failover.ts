import { startApiProcess } from "./api-process.ts";
import { cuttingProxy } from "./cutting-proxy.ts";
import { type LoadResult, startLoad } from "./load.ts";
import { newCluster } from "./postgres-cluster.ts";
import { randomOf } from "./random-of.ts";

export interface Failover extends LoadResult {
  readonly failovers: number;
  /** From the crash to the first write that was acknowledged after it, in ms. */
  readonly longestPause: number;
}

/** PostgreSQL crashes for good while clients write, and its synchronous replica is made the one that takes writes. */
export async function failover(
  folder: () => string,
  { writes, times, seed }: { readonly writes: number; readonly times: number; readonly seed: number },
): Promise<Failover> {
  const random = randomOf(seed);
  const sum = { acknowledged: 0, again: 0, lost: 0, half: 0, failovers: 0, longestPause: 0 };
  for (let time = 0; time < times; time++) {
    const primary = await newCluster();
    const name = await primary.newDatabase();
    const replica = await primary.replica();
    const proxy = await cuttingProxy(primary.port, random);
    const api = await startApiProcess({ folder: folder(), databaseUrl: primary.url(name, proxy.port) });
    const load = await startLoad([api], writes / times);
    await load.until((writes / times) * (0.2 + 0.6 * random()));
    const start = performance.now();
    await primary.stop("immediate");
    const before = load.finished;
    await replica.promote();
    proxy.target = replica.port;
    proxy.cutAll();
    await load.until(before + 1);
    sum.longestPause = Math.max(sum.longestPause, Math.round(performance.now() - start));
    const result = await load.result(api);
    for (const key of ["acknowledged", "again", "lost", "half"] as const) sum[key] += result[key];
    sum.failovers++;
    await api.stop();
    await proxy.close();
    await primary.close();
  }
  return sum;
}
