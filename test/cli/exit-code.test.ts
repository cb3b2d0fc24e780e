import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EXIT_CODE } from "#cli/exit-code.ts";
import { VAULT_ERROR_CODES } from "#core/vault-error.ts";
import { VERSION } from "#mcp/version.ts";

test("every error has an exit code, and none is that of success or of a bug", () => {
  assert.deepEqual(Object.keys(EXIT_CODE).sort(), [...VAULT_ERROR_CODES].sort());
  for (const [code, number] of Object.entries(EXIT_CODE)) assert.ok(number >= 2 && number <= 130, code);
});

test("ov has the version of the package", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.equal(VERSION, manifest.version);
});
