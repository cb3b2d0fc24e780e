import { setTimeout as sleep } from "node:timers/promises";
import { startApiProcess } from "./api-process.ts";
import { cuttingProxy } from "./cutting-proxy.ts";
import { type LoadResult, startLoad } from "./load.ts";
import type { Cluster } from "./postgres-cluster.ts";
import { randomOf } from "./random-of.ts";

export interface PostgresOutage extends LoadResult {
  readonly stopped: number;
  readonly crashed: number;
  /** Times that every connection to the database was cut. */
  readonly cut: number;
  /** Answers of PostgreSQL that the server didn't get: of a COMMIT too. */
  readonly lostByServer: number;
  /** Answers of the server that a client didn't get, after its call had been taken. */
  readonly lostByClient: number;
}

/** Clients write while PostgreSQL is stopped, crashes and loses its connections, and answers get lost on both ways. */
export async function postgresOutage(
  cluster: Cluster,
  folder: string,
  { writes, times, seed }: { readonly writes: number; readonly times: number; readonly seed: number },
): Promise<PostgresOutage> {
  const random = randomOf(seed);
  const toDatabase = await cuttingProxy(cluster.port, random);
  const databaseUrl = cluster.url(await cluster.newDatabase(), toDatabase.port);
  const api = await startApiProcess({ folder, databaseUrl });
  const toServer = await cuttingProxy(Number(new URL(api.url).port), random);
  const load = await startLoad([{ ...api, url: `http://127.0.0.1:${toServer.port}` }], writes);
  toServer.loseAnswers = 0.05;
  toDatabase.loseAnswers = 0.002;
  const done = { stopped: 0, crashed: 0, cut: 0 };
  for (let time = 0; time < times; time++) {
    await load.until((writes * (time + random())) / times);
    const what = (["stopped", "crashed", "cut"] as const)[time % 3]!;
    done[what]++;
    if (what === "cut") {
      toDatabase.cutAll();
      continue;
    }
    await cluster.stop(what === "stopped" ? "fast" : "immediate");
    await sleep(random() * 300);
    await cluster.start();
  }
  toServer.loseAnswers = 0;
  toDatabase.loseAnswers = 0;
  const result = await load.result(api);
  const lost = { lostByServer: toDatabase.lost, lostByClient: toServer.lost };
  await api.stop();
  await toServer.close();
  await toDatabase.close();
  return { ...result, ...done, ...lost };
}
