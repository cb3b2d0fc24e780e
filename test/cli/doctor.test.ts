import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newVault } from "./fixtures/home.ts";

test("ov doctor notices an older copy of the vault, without a password, and tells the way out", async (t) => {
  const home = await newVault(t);
  const [vault, copy] = [join(home.ovHome, "vault"), join(home.root, "copy")];
  cpSync(vault, copy, { recursive: true });
  const create = await home.ov(["secret", "create", "shop/dev/KEY", "--generate", "hex"]);
  assert.equal(create.code, 0, create.stderr);
  const good = await home.ov(["doctor"], { askpass: false });
  assert.match(good.stdout, /ok {4}locked vault/);
  rmSync(vault, { recursive: true });
  cpSync(copy, vault, { recursive: true });
  const { code, stdout } = await home.ov(["doctor"], { askpass: false });
  assert.equal(code, 5);
  assert.match(stdout, /fail {2}The store rolled back: .*ov vault accept-restore/);
});
