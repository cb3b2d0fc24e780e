import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { logText, seeded } from "../../../bench/redact-texts.ts";
import { compileMatcher } from "../../../extension/core/redact/matcher.ts";
import { redacted } from "./redacted.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

/** The same each time, as the cases of property tests are: see fixed-seed.ts. */
const random = seeded(Number(process.env.SEED ?? 20_261_123));

function someBytes(count: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: count }, () => random(256)));
}

function hundredSecrets(): ReturnType<typeof compileMatcher> {
  const kinds = [
    () => someBytes(20).toString("hex"),
    () => someBytes(24).toString("base64"),
    () => `tok_${someBytes(18).toString("base64url")}`,
    () => `Pw${someBytes(6).toString("base64url")}9!`,
  ];
  return compileMatcher(
    Array.from({ length: 100 }, (_, i) => ({ name: `SECRET_${i}`, value: Buffer.from(kinds[i % kinds.length]!()) })),
  );
}

/** Files below `folder` in a fixed order, as far as `budget` bytes go. */
function* files(folder: string, budget: { left: number }): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (budget.left <= 0) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith(".")) yield* files(path, budget);
    else if (entry.isFile()) yield path;
  }
}

function assertUntouched(folder: string, size: number): void {
  const matcher = hundredSecrets();
  const budget = { left: size };
  for (const path of files(folder, budget)) {
    const bytes = readFileSync(path);
    if (bytes.length > 1 << 20) continue;
    budget.left -= bytes.length;
    assert.ok(redacted(matcher, bytes, () => 65_536).equals(bytes), path);
  }
}

test("S57 logs, base64 of an image and random bytes pass byte for byte beside a hundred secrets", () => {
  const matcher = hundredSecrets();
  const image = `<img src="data:image/png;base64,${someBytes(1 << 19).toString("base64")}">\n`;
  for (const text of [
    logText(8 << 20),
    Buffer.from(image),
    Buffer.from(image.replace(/.{76}/g, "$&\n")),
    someBytes(1 << 20),
  ]) {
    assert.ok(redacted(matcher, text, () => 65_536).equals(text));
  }
});

test("S57 this project's sources and its lock file pass byte for byte beside a hundred secrets", () => {
  for (const folder of ["extension", "mcp-server", "test", "docs", "scripts"])
    assertUntouched(join(ROOT, folder), 4 << 20);
  const lock = readFileSync(join(ROOT, "package-lock.json"));
  assert.ok(redacted(hundredSecrets(), lock, () => 65_536).equals(lock));
});

test("S57 the sources of its dependencies pass byte for byte beside a hundred secrets", () => {
  assertUntouched(join(ROOT, "node_modules"), 12 << 20);
});
