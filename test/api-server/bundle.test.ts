import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../..");

test("S199 the server can't decrypt a vault: nothing of the vault's code is in its bundle", () => {
  execFileSync(process.execPath, ["api-server/esbuild.mjs"], { cwd: ROOT });
  const files = JSON.parse(readFileSync(join(ROOT, "dist-api/files.json"), "utf8")) as string[];
  const ours = files.filter((file) => file.startsWith("extension/") || file.startsWith("mcp-server/"));
  assert.ok(ours.includes("extension/core/crypto/ov-seal.ts"), "the list is of this bundle");
  assert.deepEqual(
    ours.filter((file) => !file.startsWith("extension/core/crypto/") && file !== "extension/core/store/contract.ts"),
    [],
  );
  const bundle = readFileSync(join(ROOT, "dist-api/ov-api.mjs"), "utf8");
  for (const label of ["ov1/kek/wrap", "ov1/ek/wrap", "ov1/ak/wrap"]) assert.ok(!bundle.includes(label), label);
});
