import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL(".", import.meta.url));

async function testedIds(): Promise<ReadonlySet<string>> {
  const files = (await readdir(TESTS, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(files.map((name) => readFile(join(TESTS, name), "utf8")));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/\b(?:test|it)\(\s*["'`](S\d+) /g)].map((match) => match[1]!)),
  );
}

test("every claim of SECURITY.md has a test of its id, and every id of a test is a claim", async () => {
  const security = await readFile(join(TESTS, "../SECURITY.md"), "utf8");
  const claimed = [...security.matchAll(/^- \*\*(S\d+)\*\*/gm)].map((match) => match[1]!);
  assert.equal(new Set(claimed).size, claimed.length, "an id is used twice");
  assert.deepEqual([...claimed].sort(), [...(await testedIds())].sort());
});
