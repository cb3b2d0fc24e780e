import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newHome } from "./fixtures/home.ts";

const OWN = { env: { NODE_COMPILE_CACHE: "" } };

// Windows has no such modes: there, the folder of a user's profile is closed to other users.
if (process.platform !== "win32") {
  test("S12 no other user can put code into the cache from which ov starts, whatever the umask", async (t) => {
    const before = process.umask(0);
    t.after(() => process.umask(before));
    const home = newHome(t);
    const cache = join(home.ovHome, "cache");
    assert.equal((await home.ov(["status"], OWN)).code, 0);
    assert.ok(readdirSync(cache, { recursive: true }).length > 10, "there is compiled code");
    for (const folder of [home.ovHome, cache]) assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  test("S12 what lies in a cache that others could write to is never run", async (t) => {
    const home = newHome(t);
    const cache = join(home.ovHome, "cache");
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, "planted"), "code of somebody else");
    chmodSync(cache, 0o777);
    assert.equal((await home.ov(["status"], OWN)).code, 0);
    assert.ok(!existsSync(join(cache, "planted")));
    assert.equal(statSync(cache).mode & 0o777, 0o700);
  });
}
