// `npm run bench:reliability`: what is done to the server and to its clients, at full size; docs/reliability.md has the
// figures. With names only those: `npm run bench:reliability -- kill-server replays`. SEED=n has other random moments. It
// ends with 1 when anything was lost.
import { loadavg } from "node:os";
import type { ApiProcessOptions } from "../../test/api-server/failures/api-process.ts";
import { backupUnderWrites } from "../../test/api-server/failures/backup-under-writes.ts";
import { clocks } from "../../test/api-server/failures/clocks.ts";
import { failingSync, fullDisk, noRoomToGrow } from "../../test/api-server/failures/disk-faults.ts";
import { failover } from "../../test/api-server/failures/failover.ts";
import { faultsOf } from "../../test/api-server/failures/faults.ts";
import { instanceKilled, rollingUpgrade } from "../../test/api-server/failures/instances.ts";
import { killClient } from "../../test/api-server/failures/kill-client.ts";
import { killServer } from "../../test/api-server/failures/kill-server.ts";
import { newCluster } from "../../test/api-server/failures/postgres-cluster.ts";
import { postgresOutage } from "../../test/api-server/failures/postgres-outage.ts";
import { powerCut } from "../../test/api-server/failures/power-cut.ts";
import { reordered } from "../../test/api-server/failures/reordered.ts";
import { replays } from "../../test/api-server/failures/replays.ts";
import { sealedFuzz } from "../../test/api-server/failures/sealed-fuzz.ts";
import { slowloris } from "../../test/api-server/failures/slowloris.ts";
import { twoWriters } from "../../test/api-server/failures/two-writers.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const seed = Number(process.env.SEED ?? 1);
const cluster = await newCluster();

const folder = (): string => temporaryFolder("ov-reliability-");
const sqlite = async (): Promise<ApiProcessOptions> => ({ folder: folder() });
const postgres = async (): Promise<ApiProcessOptions> => ({
  folder: folder(),
  databaseUrl: cluster.url(await cluster.newDatabase()),
});
type Run = () => Promise<object>;

function both(run: (options: ApiProcessOptions) => Promise<object>): Readonly<Record<string, Run>> {
  return { SQLite: async () => run(await sqlite()), PostgreSQL: async () => run(await postgres()) };
}

const RUNS: Readonly<Record<string, Readonly<Record<string, Run>>>> = {
  "kill-server": both((options) => killServer(options, { writes: 500, kills: 20, seed })),
  "kill-client": both((options) => killClient(options, { writes: 520, kills: 20, seed })),
  replays: both((options) => replays(options, { calls: 500, seed })),
  reordered: both((options) => reordered(options, { writes: 200, seed })),
  "two-writers": both((options) => twoWriters([options], { writes: 500, seed })),
  "postgres-outage": { PostgreSQL: () => postgresOutage(cluster, folder(), { writes: 1000, times: 30, seed }) },
  failover: { PostgreSQL: () => failover(folder, { writes: 1000, times: 10, seed }) },
  "instance-killed": { PostgreSQL: () => instanceKilled(cluster, folder(), { writes: 1000, kills: 20, seed }) },
  "rolling-upgrade": { PostgreSQL: () => rollingUpgrade(cluster, folder, { writes: 1000, times: 5, seed }) },
  clocks: both((options) => clocks(options, folder(), { writes: 20 })),
  slowloris: { SQLite: () => slowloris(folder(), { connections: 500, calls: 400, turns: 3, wait: 16_000 }) },
  "sealed-fuzz": { SQLite: () => sealedFuzz(folder(), { inputs: 100_000, seed }) },
  backup: {
    "SQLite, restored to PostgreSQL": async () =>
      backupUnderWrites(await sqlite(), postgres, folder(), { backups: 10 }),
    "PostgreSQL, restored to SQLite": async () =>
      backupUnderWrites(await postgres(), sqlite, folder(), { backups: 10 }),
  },
  "power-cut": { SQLite: () => powerCut(folder(), { writes: 150, cuts: 400, seed }) },
  "no-room-to-grow": { SQLite: () => noRoomToGrow(folder(), { writes: 500, faults: 20, seed }) },
  "full-disk": { SQLite: () => fullDisk(folder(), { writes: 500, faults: 20, seed }) },
  "failing-fsync": { SQLite: () => failingSync(folder(), { writes: 500, faults: 100, seed }) },
};

const names = process.argv.slice(2);
const unknown = names.find((name) => RUNS[name] === undefined);
if (unknown !== undefined) throw new Error(`There is no run ${unknown}. There are: ${Object.keys(RUNS).join(", ")}.`);

console.log(`Seed ${seed}.\n`);
console.log("| Run | On | What came of it | Faults | Seconds | Load |\n| --- | --- | --- | --- | --- | --- |");
for (const [name, ways] of Object.entries(RUNS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const [on, run] of Object.entries(ways)) {
    const start = performance.now();
    const figures = await run();
    const faults = faultsOf(figures);
    if (faults !== undefined) process.exitCode = 1;
    const text = Object.entries(figures).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(
      `| ${name} | ${on} | ${text.join(", ")} | ${faults ?? "none"} | ${seconds} | ${loadavg()[0]!.toFixed(1)} |`,
    );
  }
}
await cluster.close();
