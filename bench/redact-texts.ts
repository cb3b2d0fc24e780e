import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Real files below `folder` in a fixed order, until they make up `size` bytes. */
export function* realFiles(folder: string, size: number): Generator<{ readonly path: string; readonly bytes: Buffer }> {
  let left = size;
  const visit = function* (at: string): Generator<{ readonly path: string; readonly bytes: Buffer }> {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (left <= 0) return;
      const path = join(at, entry.name);
      if (entry.isDirectory() && entry.name !== ".cache") yield* visit(path);
      if (!entry.isFile()) continue;
      const bytes = readFileSync(path);
      if (bytes.length > LARGEST) continue;
      left -= bytes.length;
      yield { path, bytes };
    }
  };
  yield* visit(folder);
}

/** Larger ones are programs. */
const LARGEST = 8 << 20;

/** Text like that of a busy server, from a fixed seed, so that two runs of a benchmark see the same bytes. */
export function logText(size: number): Buffer {
  const out = Buffer.allocUnsafe(size);
  const random = seeded(1);
  let at = 0;
  while (at < size) at += out.write(logLine(random), at, "latin1");
  return out;
}

/** Texts that look encoded and hold nothing, by their names. */
export function encodedTexts(size: number, program: Buffer): Readonly<Record<string, Buffer>> {
  const random = seeded(7);
  const lines = (line: () => string): Buffer => {
    let text = "";
    while (text.length < size) text += `${line()}\n`;
    return Buffer.from(text, "latin1");
  };
  const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => random(256)));
  let offset = 0;
  return {
    "hex dump of a program (`xxd`)": lines(() => {
      const row = program.subarray(offset, offset + 16);
      const words = row.toString("hex").replace(/.{4}/g, "$& ");
      const shown = row.toString("latin1").replace(/[^ -~]/g, ".");
      const line = `${offset.toString(16).padStart(8, "0")}: ${words} ${shown}`;
      offset += 16;
      return line;
    }),
    "CSV of numbers": lines(() => Array.from({ length: 8 }, () => random(1_000_000) / 1000).join(",")),
    "a random number a line": lines(() => String(random(1_000_000))),
    "an array of bytes": lines(() => Array.from({ length: 16 }, () => random(256)).join(", ")),
    "random base64": lines(() => bytes(57).toString("base64")),
    "a list of hashes": lines(() => `${bytes(32).toString("hex")}  dist/file-${random(10_000)}.js`),
  };
}

type Random = (below: number) => number;

/** xorshift32. */
export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const WORDS =
  `request response user login failed started connection pool timeout retry cache miss hit handler service order payment
  created updated deleted queue message worker thread scheduler took completed loading config file server client`.split(
    /\s+/,
  );
const LEVELS = ["INFO", "WARN", "DEBUG", "ERROR"];

function logLine(random: Random): string {
  const word = (): string => WORDS[random(WORDS.length)]!;
  const time = `2026-11-23T${10 + random(10)}:${10 + random(50)}:${10 + random(50)}.${100 + random(900)}Z`;
  const words = Array.from({ length: 4 + random(8) }, word).join(" ");
  return `${time} ${LEVELS[random(4)]} [${word()}-${random(64)}] com.example.${word()}: ${words} ${detail(random, word)}\n`;
}

function detail(random: Random, word: () => string): string {
  const hex = (length: number): string => Array.from({ length }, () => random(16).toString(16)).join("");
  switch (random(8)) {
    case 0:
      return `id=${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
    case 1:
      return `GET /api/v1/${word()}/${random(99999)}?limit=20&offset=${random(500)} 200 ${random(900)}ms`;
    case 2:
      return `sha=${hex(40)}`;
    case 3:
      return `{"level":"info","n":${random(1000)},"path":"/var/log/app/${word()}.log"}`;
    case 4:
      return `ip=10.${random(255)}.${random(255)}.${random(255)}:${random(65535)} ${random(100)}%`;
    case 5:
      return `\x1b[32mok\x1b[0m ${word()}`;
    default:
      return `duration=${random(1000)}ms`;
  }
}
