import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { announceWrites } from "#vscode/announce-writes.ts";
import { DEV, KEY, newVault } from "../core/vault/fixture.ts";

test("a vault tells of writes, also of those that failed, and of no look at it", async () => {
  const { session } = await newVault();
  let told = 0;
  const access = announceWrites(localAccess(session, { idleMs: 60_000 }), () => told++);
  await access.write(DEV, "create", [{ name: KEY, value: Buffer.from("value one") }]);
  assert.equal(told, 1);
  assert.equal((await access.list(DEV)).length, 1);
  await access.revision();
  assert.equal(told, 1);
  await assert.rejects(access.undelete(DEV, KEY), { code: "secret-exists" });
  assert.equal(told, 2);
});
