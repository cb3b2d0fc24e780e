// How unlocking and listing grow with the number of secrets in one environment of a file store: time, and peak memory.
// Every number comes from a process of its own, so nothing is cached at first. Prints Markdown.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { CONTEXT, fillVault, madeUpSecrets } from "./bench-vault.ts";
import { cacheFolder } from "./bundled-ov.ts";
import { median, printTable } from "./measure.ts";

const SIZES = [10, 1_000, 10_000];
const ROUNDS = 7;
const PASSWORD = "correct horse battery staple";

/** What list-child.ts prints. */
interface Sample {
  readonly secrets: number;
  readonly unlockMs: number;
  readonly firstListMs: number;
  readonly nextListMs: number;
  readonly unlockedBytes: number;
  readonly peakBytes: number;
  readonly heldBytes: number;
}

const folder = mkdtempSync(join(cacheFolder(), "list-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const program = await bundledChild();
const samples = new Map<number, Sample[]>();
for (const size of SIZES) {
  await fillVault(join(folder, String(size)), PASSWORD, madeUpSecrets(size));
  samples.set(size, []);
}
for (let round = 0; round < ROUNDS; round++) for (const size of SIZES) samples.get(size)!.push(measure(size));
report();

/** Bundled as it ships: from the sources, much of the memory would be the compiler's. */
async function bundledChild(): Promise<string> {
  const child = fileURLToPath(new URL("list-child.ts", import.meta.url));
  const worker = fileURLToPath(import.meta.resolve("#core/crypto/argon2-worker.ts"));
  const entryPoints = { "list-child": child, "argon2-worker": worker };
  // As in esbuild.mjs: CommonJS dependencies call require() for node built-ins.
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ entryPoints, outdir: folder, bundle: true, splitting: true, platform: "node", format: "esm", banner });
  return join(folder, "list-child.js");
}

function measure(size: number): Sample {
  const args = [program, join(folder, String(size)), PASSWORD, CONTEXT.app, CONTEXT.environment];
  const sample = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Sample; // written by list-child.ts
  if (sample.secrets !== size) throw new Error(`${sample.secrets} of ${size} secrets were listed.`);
  return sample;
}

function report(): void {
  const columns = SIZES.map((size) => {
    const all = samples.get(size)!;
    return (value: (sample: Sample) => number): number => median(all.map(value));
  });
  const row = (title: string, unit: number, digits: number, value: (sample: Sample) => number): string[] => {
    const least = columns[0]!(value);
    return [
      title,
      ...columns.map((of) => `${(of(value) / unit).toFixed(digits)} (${(of(value) / least).toFixed(1)}×)`),
    ];
  };
  console.log(`Unlock and list, median of ${ROUNDS} processes each, and how many times the smallest vault's\n`);
  printTable(
    ["Secrets in the environment", ...SIZES.map((size) => size.toLocaleString("en"))],
    [
      row("Unlock, ms", 1, 0, (sample) => sample.unlockMs),
      row("First list, ms", 1, 0, (sample) => sample.firstListMs),
      row("Next list, ms", 1, 1, (sample) => sample.nextListMs),
      row("Peak memory after the unlock, MB", 1e6, 0, (sample) => sample.unlockedBytes),
      row("Peak memory after both lists, MB", 1e6, 0, (sample) => sample.peakBytes),
      row("Memory held after both lists, MB", 1e6, 0, (sample) => sample.heldBytes),
    ],
  );
}
