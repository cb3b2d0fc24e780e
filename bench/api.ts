// The ciphertext store: `npm run bench -- api`. Servers in processes of their own, on both databases, with and without the
// seal, take turns; every call is made and sealed before the clock runs, and 32 are on their way at once. The client shares
// the processors: `CPU` is the server's own time, and what one core of it alone would do is 1,000 over it. With names only
// those parts: `node bench/api.ts calls start remote growth`.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startApiProcess } from "../test/api-server/failures/api-process.ts";
import { newCluster } from "../test/api-server/failures/postgres-cluster.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { growth } from "./api-growth.ts";
import { remoteReads } from "./api-remote-reads.ts";
import { measureOnce, medians, type Rate, waysOn } from "./api-ways.ts";
import { median, printTable } from "./measure.ts";

const ROOT = join(import.meta.dirname, "..");
/** Of each way in a round; a write waits for the disk, and there are fewer of them. */
const CALLS = { read: 480, write: 96 };
const ROUNDS = 5;
const PARTS = { calls, start, remote: remoteReads, growth: () => growth(cluster) };
const cluster = await newCluster();

const wanted = process.argv.slice(2);
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await part();
  console.log(`Load average ${loadavg()[0]!.toFixed(1)}.\n`);
}
await cluster.close();

async function calls(): Promise<void> {
  const databases = {
    SQLite: { folder: temporaryFolder("ov-bench-api-"), isOpen: true },
    PostgreSQL: {
      ...{ folder: temporaryFolder("ov-bench-api-"), isOpen: true },
      databaseUrl: cluster.url(await cluster.newDatabase()),
    },
  };
  const measured = new Map<string, Rate[]>();
  const ways: { on: string; way: Awaited<ReturnType<typeof waysOn>>[number] }[] = [];
  for (const [on, options] of Object.entries(databases)) {
    const sealed = await startApiProcess(options);
    const unsealed = await startApiProcess(options, [], fileURLToPath(new URL("api-unsealed.ts", import.meta.url)));
    for (const way of await waysOn(sealed, unsealed, CALLS)) ways.push({ on, way });
  }
  // The first two rounds are for V8's compiler.
  for (let round = -2; round < ROUNDS; round++) {
    for (const { on, way } of ways) {
      const rate = await measureOnce(way);
      const key = `${on} ${way.name}`;
      if (round >= 0) measured.set(key, [...(measured.get(key) ?? []), rate]);
    }
  }
  printTable(
    ["On", "Call", "A second", "p50, ms", "p99, ms", "CPU, ms", "One core alone", "CPU : without the seal"],
    ways.map(({ on, way: { name } }) => {
      const { perSecond, p50, p99, cpu } = medians(measured.get(`${on} ${name}`)!);
      const without = measured.get(`${on} ${name.replace(" sealed", " unsealed")}`);
      const ratio = name.endsWith(" sealed") && without ? `${(cpu / medians(without).cpu).toFixed(2)}×` : "";
      const numbers = [perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), cpu.toFixed(2), (1000 / cpu).toFixed(0)];
      return [on, name, ...numbers, ratio];
    }),
  );
  for (const server of new Set(ways.map(({ way }) => way.server))) await server.stop();
}

async function start(): Promise<void> {
  execFileSync(process.execPath, ["api-server/esbuild.mjs"], { cwd: ROOT });
  const memory: number[] = [];
  const starts = { first: [] as number[], again: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const folder = temporaryFolder("ov-bench-start-");
    for (const which of ["first", "again"] as const) starts[which].push(await startMs(folder, memory));
  }
  printTable(
    ["The bundled server", "Median"],
    [
      ["First start to listening, with keys and schema", `${median(starts.first).toFixed(0)} ms`],
      ["Start to listening", `${median(starts.again).toFixed(0)} ms`],
      ["Memory after the start", `${median(memory).toFixed(0)} MB`],
    ],
  );
}

async function startMs(folder: string, memory: number[]): Promise<number> {
  const start = performance.now();
  const env = { PATH: process.env.PATH, OV_API_FOLDER: folder };
  const child = spawn(process.execPath, [join(ROOT, "dist-api/ov-api.mjs"), "--port", "0"], { env });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("listens at")) break;
  }
  const took = performance.now() - start;
  const status = execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" });
  memory.push(Number(status) / 1000);
  const exited = once(child, "exit");
  child.kill();
  await exited;
  return took;
}
