import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Cli } from "#cli/cli.ts";
import { holdVault } from "#cli/hold-vault.ts";
import { createVault } from "#core/vault/vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { thisVault } from "#mcp/device/this-vault.ts";

test("S89 a vault that nobody uses locks by itself: keys, socket and note are gone", async (t) => {
  const root = mkdtempSync(join(tmpdir(), "ov-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const paths = findPaths({ OV_HOME: root });
  const cli: Cli = { env: {}, cwd: root, home: root, paths, self: [process.execPath] };
  const { session } = await createVault(await thisVault(paths), Buffer.from("a password for this"));
  const held = await holdVault(cli, session, { idleMs: 200 });
  assert.ok(existsSync(join(paths.runtime, "agent.json")));
  assert.equal(held.isLocked, false);
  await held.ended;
  assert.equal(held.isLocked, true);
  assert.equal(session.locked, true);
  assert.ok(!existsSync(join(paths.runtime, "agent.json")));
  await assert.rejects(held.access.apps());
});
