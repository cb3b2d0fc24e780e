import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { readUserConfig, writeUserConfig } from "#mcp/device/user-config.ts";
import { newHome } from "../../cli/fixtures/home.ts";

function configWith(t: TestContext, text: string): string {
  const path = join(newHome(t).root, "c", "config.json");
  mkdirSync(dirname(path));
  writeFileSync(path, text);
  return path;
}

test("what was written is read again, and only this user may read it", (t) => {
  const path = join(newHome(t).root, "c", "config.json");
  writeUserConfig(path, { app: "shop", lock_after_minutes: 5 });
  assert.deepEqual(readUserConfig(path), { app: "shop", lock_after_minutes: 5 });
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("no file means the defaults", (t) => {
  assert.deepEqual(readUserConfig(join(newHome(t).root, "none.json")), {});
});

for (const [what, text] of Object.entries({
  "no JSON": "{",
  "a list": "[]",
  "an unknown setting": '{"servers":"https://example.com"}',
  "an identity of a server that is none": '{"server_id":"abc"}',
  "a server that is a file": '{"server":"file:///etc"}',
  "a name with a slash": '{"app":"a/b"}',
  "a time of nothing": '{"lock_after_minutes":0}',
  "a time of a word": '{"lock_after_minutes":"never"}',
})) {
  test(`a configuration with ${what} is refused`, (t) => {
    assert.throws(() => readUserConfig(configWith(t, text)), { name: "VaultError" });
  });
}
