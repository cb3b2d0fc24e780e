// The ciphertext store, over loopback: calls that are sealed before the clock runs, 32 at a time, to a server in a process of
// its own. `node bench/api.ts [calls, 900]`; a device may make 1,000 at once
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { sha256 } from "#core/crypto/hash.ts";
import { pae } from "#core/crypto/pae.ts";
import { accountBody, commitBody } from "../test/api-server/conformance.ts";
import { recordVault } from "../test/api-server/recorded-vault.ts";
import { callerOf, newDevice } from "../test/api-server/sealed-caller.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { median, printTable } from "./measure.ts";

const ROOT = join(import.meta.dirname, "..");
const calls = Number(process.argv[2] ?? 900);
const AT_ONCE = 32;
const WRITES = 300;

execFileSync(process.execPath, ["api-server/esbuild.mjs"], { cwd: ROOT });
const began = performance.now();
const server = spawn(
  process.execPath,
  [join(ROOT, "dist-api/ov-api.mjs"), "--port", "0", "--folder", temporaryFolder("ov-bench-api-")],
  {
    env: { PATH: process.env.PATH ?? "" },
  },
);
let output = "";
for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
while (!output.includes("listens at")) await new Promise((resolve) => setTimeout(resolve, 5));
const startMs = performance.now() - began;
const url = /listens at (\S+)/.exec(output)![1]!;
const document = (await (await fetch(`${url}/.well-known/ov-keys`)).json()) as { payload: string };
const { identity } = JSON.parse(Buffer.from(document.payload, "base64url").toString()) as { identity: string };
const caller = callerOf(url, sha256(pae("ov-server/1", Buffer.from(identity, "base64url"))).toString("hex"));

const vault = await recordVault(WRITES);
const device = newDevice();
await caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) });
const path = `/environments/${vault.commits[0]!.environment}`;

const writes: number[] = [];
for (const commit of vault.commits) {
  const { bytes, open } = await caller.seal("PUT", path, { device, body: commitBody(commit) });
  const start = performance.now();
  const answer = await caller.post(bytes);
  writes.push(performance.now() - start);
  if (open(answer.bytes).status !== 200) throw new Error("A write was refused.");
}

const health = await rate(
  Array.from({ length: calls }, () => async () => void (await fetch(`${url}/livez`)).arrayBuffer()),
);
const sealed: Buffer[] = [];
for (let count = 0; count < calls; count++) {
  sealed.push((await caller.seal("GET", `${path}?have=${vault.commits.length}`, { device })).bytes);
}
const reads = await rate(
  sealed.map((bytes) => async () => {
    if ((await caller.post(bytes)).status !== 200) throw new Error("A read was refused.");
  }),
);

printTable(
  ["Server on SQLite", "Here", "Aim"],
  [
    ["Start to listening", `${startMs.toFixed(0)} ms`, ""],
    ["`GET /livez`, not sealed", `${health.perSecond} a second`, ""],
    ["Sealed conditional read (304)", `${reads.perSecond} a second, p99 ${reads.p99} ms`, "2,000 a second, p99 50 ms"],
    ["Sealed durable write, one after another", `${median(writes).toFixed(1)} ms each`, ""],
  ],
);
server.kill();

async function rate(
  jobs: readonly (() => Promise<void>)[],
): Promise<{ readonly perSecond: number; readonly p99: number }> {
  const times: number[] = [];
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < jobs.length) {
        const job = jobs[next++]!;
        const at = performance.now();
        await job();
        times.push(performance.now() - at);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  return { perSecond: Math.round(jobs.length / seconds), p99: Math.round(times[Math.floor(times.length * 0.99)]!) };
}
