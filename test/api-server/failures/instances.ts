import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiProcess, type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { type LoadResult, startLoad } from "./load.ts";
import { type Cluster, freePort, query } from "./postgres-cluster.ts";
import { randomOf } from "./random-of.ts";

export interface InstanceKilled extends LoadResult {
  readonly kills: number;
}

interface Size {
  readonly writes: number;
  readonly seed: number;
}

/** Two servers on one PostgreSQL, called in turns. Again and again one of them is killed, and comes back. */
export async function instanceKilled(
  cluster: Cluster,
  folder: string,
  { writes, kills, seed }: Size & { readonly kills: number },
): Promise<InstanceKilled> {
  const random = randomOf(seed);
  const options = await twoInstances(cluster, folder);
  const running = await startBoth(options);
  const load = await startLoad(running, writes);
  for (let killed = 0; killed < kills; killed++) {
    await load.until((writes * (killed + random())) / kills);
    const which = killed % 2;
    await running[which]!.kill();
    await sleep(random() * 200);
    running[which] = await startApiProcess(options[which]!);
  }
  const result = await load.result(running[0]!);
  for (const api of running) await api.stop();
  return { ...result, kills };
}

export interface RollingUpgrade extends LoadResult {
  readonly upgrades: number;
  /** Writes that were acknowledged while servers of both versions ran. */
  readonly whileBoth: number;
}

/**
 * Two servers of this version; the first, then the second is stopped and replaced by one whose version has another step of
 * the schema. Between the two, old and new code work on the new schema. At last one of this version comes back: a step
 * that only expands can be taken back by starting the old server again.
 */
export async function rollingUpgrade(
  cluster: Cluster,
  folder: () => string,
  { writes, times, seed }: Size & { readonly times: number },
): Promise<RollingUpgrade> {
  const random = randomOf(seed);
  const sum = { acknowledged: 0, again: 0, lost: 0, half: 0, upgrades: 0, whileBoth: 0 };
  for (let time = 0; time < times; time++) {
    const options = await twoInstances(cluster, folder());
    const running = await startBoth(options);
    // It goes on for as long as the replacing takes, and for so many writes more in each phase.
    const load = await startLoad(running, Number.POSITIVE_INFINITY);
    const some = (): Promise<void> => load.until(load.finished + Math.ceil((writes / times / 4) * (0.5 + random())));
    const replace = async (which: number, isNext: boolean): Promise<void> => {
      await running[which]!.stop();
      running[which] = await startApiProcess({ ...options[which]!, isNext });
    };
    await some();
    await replace(0, true);
    const before = load.finished;
    await some();
    sum.whileBoth += load.finished - before;
    await replace(1, true);
    await some();
    await replace(0, false);
    await some();
    load.end();
    const result = await load.result(running[0]!);
    for (const key of ["acknowledged", "again", "lost", "half"] as const) sum[key] += result[key];
    sum.upgrades++;
    for (const api of running) await api.stop();
    const steps = await query(options[0]!.databaseUrl!, "SELECT name FROM migrations WHERE name = '999 next'");
    if (steps.length !== 1) throw new Error("The new step was not taken.");
  }
  return sum;
}

async function twoInstances(cluster: Cluster, folder: string): Promise<readonly ApiProcessOptions[]> {
  const databaseUrl = cluster.url(await cluster.newDatabase());
  const keyFile = join(folder, "server-keys.json");
  return [
    { folder, keyFile, databaseUrl, port: await freePort() },
    { folder, keyFile, databaseUrl, port: await freePort() },
  ];
}

/** Both at once, as after a power failure: each may be the first to make the schema and the keys. */
function startBoth(options: readonly ApiProcessOptions[]): Promise<ApiProcess[]> {
  return Promise.all(options.map((each) => startApiProcess(each)));
}
