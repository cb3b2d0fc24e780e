// What an unlock costs: the key of a master password (profile 1) beside the same Argon2id elsewhere, and how long the
// event loop waits meanwhile. Prints Markdown. All ways take turns in one run, so that a busy machine slows them alike.
// Ours is measured as it ships, bundled: from the sources, the worker's start would take half as long again.
import { spawn } from "node:child_process";
import { argon2 } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { argon2id as hashWasm } from "hash-wasm";
import type * as Argon2 from "#core/crypto/argon2.ts";
import { argon2Engine } from "#core/crypto/argon2.ts";
import type * as PassphraseKey from "#core/crypto/passphrase-key.ts";
import { KDF_PROFILES } from "#core/crypto/passphrase-key.ts";

const ROUNDS = 15;
const PASSWORD = Buffer.from("correct horse battery staple");
const SALT = Buffer.from("0123456789abcdef");
const { t, mKiB, p } = KDF_PROFILES[1];

interface Way {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Others are measured against it. */
  readonly yardstick?: boolean;
  readonly times: number[];
  readonly waits: number[];
}

const folder = mkdtempSync(join(tmpdir(), "ov-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true }));
const { argon2id, passphraseKey } = await bundle(folder);

const ways: Way[] = [
  way(`\`passphraseKey\`, engine of this runtime (${argon2Engine()})`, () => passphraseKey(PASSWORD, SALT, SALT, 1)),
  way("the same worker with hash-wasm, as in VS Code", () => argon2id(PASSWORD, SALT, { t, mKiB, p }, "wasm")),
  way("hash-wasm without a worker", inThisThread),
];
if (argon2Engine() === "node") ways.push({ ...way("Node's `crypto.argon2`", inNode), yardstick: true });
if (await referenceCli().catch(() => false))
  ways.push({ ...way("`argon2` command line", referenceCli), yardstick: true });

// The first round fills caches and is not counted.
for (let round = 0; round <= ROUNDS; round++) {
  for (const { run, times, waits } of ways) {
    const { ms, longestWait } = await measure(run);
    if (round === 0) continue;
    times.push(ms);
    waits.push(longestWait);
  }
}

const yardsticks = ways.filter(({ yardstick }) => yardstick);
const columns = [
  "Way",
  "Median, ms",
  ...yardsticks.map(({ name }) => `: ${name}`),
  "Event loop waits at most, ms (median, worst)",
];
console.log(`Argon2id t=${t}, ${mKiB / 1024} MiB, p=${p}; ${ROUNDS} rounds; Node ${process.version}\n`);
console.log(`${row(columns)}\n${row(columns.map(() => "---"))}`);
for (const { name, times, waits } of ways) {
  const ratios = yardsticks.map((other) => `${(median(times) / median(other.times)).toFixed(2)}×`);
  const wait = `${median(waits).toFixed(1)}, ${Math.max(...waits).toFixed(1)}`;
  console.log(row([name, median(times).toFixed(0), ...ratios, wait]));
}

async function bundle(outdir: string): Promise<typeof Argon2 & typeof PassphraseKey> {
  const files = ["argon2", "argon2-worker", "passphrase-key"];
  const entryPoints = files.map((file) => fileURLToPath(import.meta.resolve(`#core/crypto/${file}.ts`)));
  await build({ entryPoints, outdir, bundle: true, splitting: true, platform: "node", format: "esm" });
  writeFileSync(join(outdir, "package.json"), '{ "type": "module" }');
  const [first, , last] = files.map((file) => pathToFileURL(join(outdir, `${file}.js`)).href);
  // A bundle exports what its entry does.
  return { ...(await import(first!)), ...(await import(last!)) } as typeof Argon2 & typeof PassphraseKey;
}

function way(name: string, run: () => Promise<unknown>): Way {
  return { name, run, times: [], waits: [] };
}

async function measure(run: () => Promise<unknown>): Promise<{ ms: number; longestWait: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await pause();
  const start = performance.now();
  await run();
  const ms = performance.now() - start;
  // The monitor's timer has to come once more to have seen the last wait.
  await pause();
  delay.disable();
  return { ms, longestWait: delay.max / 1e6 };
}

function inThisThread(): Promise<unknown> {
  const cost = { iterations: t, memorySize: mKiB, parallelism: p };
  return hashWasm({ password: PASSWORD, salt: SALT, ...cost, hashLength: 32, outputType: "binary" });
}

function inNode(): Promise<unknown> {
  const parameters = { message: PASSWORD, nonce: SALT, passes: t, memory: mKiB, parallelism: p, tagLength: 32 };
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** The reference implementation, with the start of its process. Rejects where it is not installed. */
async function referenceCli(): Promise<boolean> {
  const costs = ["-t", String(t), "-k", String(mKiB), "-p", String(p), "-l", "32"];
  const child = spawn("argon2", [SALT.toString(), "-id", ...costs, "-r"], { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.on("error", () => {}).end(PASSWORD);
  const [code] = await once(child, "exit");
  return code === 0;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
