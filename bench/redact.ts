import { randomBytes } from "node:crypto";
import { compileMatcher, type NamedValue } from "../extension/core/redact/matcher.ts";
import { logText } from "./redact-texts.ts";

/**
 * Throughput of the redactor on log text, for 1 to 1,000 secrets of 32 characters, beside a copy of the same chunks and
 * a plain `replaceAll` per secret, which finds exact values only and needs the whole text at once.
 */
const MEGABYTE = 1 << 20;
const CHUNK = 1 << 16;
const size = Number(process.argv[2] ?? 64) * MEGABYTE;
const text = logText(size);

const copied = best(() => chunks((chunk) => Buffer.from(chunk).length));
console.log(`copy of 64 KiB chunks: ${copied.toFixed(0)} MB/s\n`);
console.log("secrets  build ms  tables MB  MB/s  x copy  x replaceAll");
for (const count of [1, 10, 100, 1000]) {
  const values = secrets(count);
  const before = process.memoryUsage().arrayBuffers;
  const start = performance.now();
  const matcher = compileMatcher(values);
  const build = performance.now() - start;
  const tables = (process.memoryUsage().arrayBuffers - before) / MEGABYTE;
  const speed = best(() => {
    const redactor = matcher.redactor();
    chunks((chunk) => redactor.push(chunk).length);
    redactor.end();
  });
  const naive = replaceAllSpeed(values);
  const cells = [
    count,
    build.toFixed(1),
    tables.toFixed(1),
    speed.toFixed(0),
    (speed / copied).toFixed(2),
    (speed / naive).toFixed(1),
  ];
  console.log(cells.map((cell, i) => String(cell).padStart([7, 8, 9, 4, 6, 12][i]!)).join("  "));
  matcher.wipe();
}

function chunks(use: (chunk: Uint8Array) => number): void {
  let total = 0;
  for (let at = 0; at < text.length; at += CHUNK) total += use(text.subarray(at, at + CHUNK));
  if (total === 0) throw new Error("Nothing came out.");
}

/** MB/s of the best of three rounds: the others tell about the machine. */
function best(round: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    round();
    least = Math.min(least, performance.now() - start);
  }
  return (size / MEGABYTE / least) * 1000;
}

function replaceAllSpeed(values: readonly NamedValue[]): number {
  const sample = text.subarray(0, Math.min(size, Math.ceil((64 * MEGABYTE) / values.length)));
  const start = performance.now();
  let shown = sample.toString("latin1");
  for (const { name, value } of values)
    shown = shown.replaceAll(Buffer.from(value).toString("latin1"), `[redacted:${name}]`);
  return (sample.length / MEGABYTE / (performance.now() - start)) * 1000;
}

function secrets(count: number): NamedValue[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `SECRET_${i}`,
    value: Buffer.from(randomBytes(24).toString("base64url")),
  }));
}
