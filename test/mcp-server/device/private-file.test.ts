import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makePrivateFolder, writePrivateFile } from "#mcp/device/private-file.ts";

test("a place that can't be written is an error with the next step, and leaves nothing beside", (t) => {
  const root = mkdtempSync(join(tmpdir(), "ov-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, "file"), "");
  const refused = { code: "store-failed", message: /can't be written \(E\w+\)\. Check that its disk/ };
  assert.throws(() => makePrivateFolder(join(root, "file", "folder")), refused);
  assert.throws(() => writePrivateFile(join(root, "file", "config.json"), "{}"), refused);
  assert.throws(() => writePrivateFile(root, "{}"), refused);
  assert.deepEqual(readdirSync(root), ["file"]);
});
