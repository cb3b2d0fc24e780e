import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<string, object>;
const NAMED = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));

test("scripts and benches import no package that package.json doesn't name, so npm start finds what it needs", () => {
  const files = globSync(["scripts/**/*.{ts,mjs}", "bench/**/*.ts", "*.mjs"], { cwd: ROOT });
  assert.ok(files.includes(join("scripts", "demo.mjs")));
  for (const file of files) {
    for (const [, specifier] of readFileSync(join(ROOT, file), "utf8").matchAll(/^import .*?from "([^."#][^"]*)"/gm)) {
      if (isBuiltin(specifier!)) continue;
      const name = specifier!
        .split("/")
        .slice(0, specifier!.startsWith("@") ? 2 : 1)
        .join("/");
      assert.ok(NAMED.has(name), `${file} imports ${name}`);
    }
  }
});
