// Throughput of the redactor on log text for 1 to 1,000 secrets of 32 characters, beside `cat`, a plain `replaceAll` per
// secret and varlock's redactor, which find exact values only; its tables and their build; and what it changes in real
// text, which should be nothing; and its throughput on texts that look encoded, in processor time.
// `node bench/redact.ts [megabytes of logs, 100] [megabytes of real text, 100]`
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compileMatcher, type Matcher } from "../extension/core/redact/matcher.ts";
import { printTable } from "./measure.ts";
import { varlockRedactor } from "./other-tools.ts";
import { encodedTexts, logText, realFiles } from "./redact-texts.ts";

const MEGABYTE = 1 << 20;
const CHUNK = 1 << 16;
const ROUNDS = 3;
const size = Number(process.argv[2] ?? 100) * MEGABYTE;
const realSize = Number(process.argv[3] ?? 100) * MEGABYTE;
const text = logText(size);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void; // V8's, by the flag

const cat = catSpeed();
const copy = best(size, () => chunks((chunk) => Buffer.from(chunk).length));
console.log(
  `${size / MEGABYTE} MB of logs. \`cat | cat\`: ${mb(cat)}; a copy of 64 KiB chunks in Node: ${mb(copy)}.\n`,
);
const rows: string[][] = [];
for (const count of [1, 10, 100, 1000]) rows.push(await measure(count));
printTable(
  ["Secrets", "Build, ms", "Tables, MB", "Streaming adds, MB", "Redactor", ": `cat`", ": `replaceAll`", ": varlock"],
  rows,
);
falsePositives();
encoded();

async function measure(count: number): Promise<string[]> {
  const values = secrets(count);
  const named = Object.entries(values).map(([name, value]) => ({ name, value: Buffer.from(value) }));
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const start = performance.now();
  const matcher = compileMatcher(named);
  const build = performance.now() - start;
  collectGarbage();
  const tables = process.memoryUsage().arrayBuffers - before;
  const { speed, memory } = ours(matcher);
  matcher.wipe();
  const plain = replaceAllSpeed(Object.entries(values));
  const redact = await varlockRedactor(values);
  const sample = text.subarray(0, Math.ceil(size / Math.max(1, count / 20)));
  const other = best(sample.length, () => chunks((chunk) => redact(chunk.toString("utf8")).length, sample));
  const against = (reference: number): string => `${(speed / reference).toFixed(2)}× of ${mb(reference)}`;
  const sizes = [build.toFixed(1), (tables / MEGABYTE).toFixed(1), (memory / MEGABYTE).toFixed(1)];
  return [
    count.toLocaleString("en"),
    ...sizes,
    mb(speed),
    `${(speed / cat).toFixed(2)}×`,
    against(plain),
    against(other),
  ];
}

/** The memory is what one stream holds in the middle of the text. */
function ours(matcher: Matcher): { readonly speed: number; readonly memory: number } {
  const redactor = matcher.redactor();
  collectGarbage();
  const before = process.memoryUsage();
  chunks((chunk) => redactor.push(chunk).length, text.subarray(0, size / 2));
  collectGarbage();
  const after = process.memoryUsage();
  const speed = best(size, () => {
    const stream = matcher.redactor();
    chunks((chunk) => stream.push(chunk).length);
    stream.end();
  });
  return { speed, memory: Math.max(0, after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed) };
}

function chunks(use: (chunk: Buffer) => number, from: Buffer = text): void {
  let total = 0;
  for (let at = 0; at < from.length; at += CHUNK) total += use(from.subarray(at, at + CHUNK));
  if (total === 0) throw new Error("Nothing came out.");
}

/** MB/s of the best round: the others tell about the machine. */
function best(bytes: number, round: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    round();
    least = Math.min(least, performance.now() - start);
  }
  return (bytes / MEGABYTE / least) * 1000;
}

function mb(speed: number): string {
  return `${speed.toFixed(0)} MB/s`;
}

function catSpeed(): number {
  const folder = mkdtempSync(join(tmpdir(), "ov-bench-"));
  try {
    writeFileSync(join(folder, "log"), text);
    return best(size, () => execFileSync("sh", ["-c", "cat log | cat > /dev/null"], { cwd: folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function replaceAllSpeed(values: readonly (readonly [string, string])[]): number {
  const sample = text.subarray(0, Math.min(size, Math.ceil((64 * MEGABYTE) / values.length)));
  return best(sample.length, () =>
    chunks((chunk) => {
      let shown = chunk.toString("latin1");
      for (const [name, value] of values) shown = shown.replaceAll(value, `[redacted:${name}]`);
      return shown.length;
    }, sample),
  );
}

function secrets(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`SECRET_${i}`, randomBytes(24).toString("base64url")]),
  );
}

/** Sources, lock files, maps and images of the installed packages, with a hundred secrets of several kinds. */
function falsePositives(): void {
  const kinds = [
    () => randomBytes(20).toString("hex"),
    () => randomBytes(24).toString("base64"),
    () => `tok_${randomBytes(18).toString("base64url")}`,
    () => `Pw${randomBytes(6).toString("base64url")}9!`,
  ];
  const matcher = compileMatcher(
    Array.from({ length: 100 }, (_, i) => ({ name: `SECRET_${i}`, value: Buffer.from(kinds[i % kinds.length]!()) })),
  );
  let bytes = 0;
  let changed = 0;
  let took = 0;
  for (const file of realFiles(fileURLToPath(new URL("../node_modules", import.meta.url)), realSize)) {
    const form = /\.(?:png|jpg|gif|woff2?|wasm|node)$/.test(file.path)
      ? Buffer.from(file.bytes.toString("base64"))
      : file.bytes;
    const redactor = matcher.redactor();
    const start = performance.now();
    const out = Buffer.concat([redactor.push(form), redactor.end()]);
    took += performance.now() - start;
    bytes += form.length;
    if (out.equals(form)) continue;
    changed++;
    console.log(
      `- changed: ${file.path.slice(file.path.indexOf("node_modules"))} (${[...redactor.counts.values()].join(", ")})`,
    );
  }
  const speed = mb((bytes / MEGABYTE / took) * 1000);
  console.log(
    `${(bytes / MEGABYTE).toFixed(0)} MB of real text with 100 secrets: ${changed} files changed, at ${speed}.\n`,
  );
}

function encoded(): void {
  const named = Object.entries(secrets(100)).map(([name, value]) => ({ name, value: Buffer.from(value) }));
  const matcher = compileMatcher(named);
  const rows = Object.entries(encodedTexts(MEGABYTE, readFileSync(process.execPath).subarray(4 * MEGABYTE))).map(
    ([name, sample]) => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < ROUNDS; i++) {
        const redactor = matcher.redactor();
        const before = process.cpuUsage();
        chunks((chunk) => redactor.push(chunk).length + 1, sample);
        redactor.end();
        const { user, system } = process.cpuUsage(before);
        least = Math.min(least, (user + system) / 1e6);
      }
      return [name, `${(sample.length / MEGABYTE / least).toFixed(1)} MB/s`];
    },
  );
  printTable(["Looks encoded", "Redactor, processor time"], rows);
}
