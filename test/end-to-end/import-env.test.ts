import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DemoVault } from "./demo-vault.ts";

test("a .env file is imported by ov as it ships", (t) => {
  const vault = new DemoVault();
  t.after(() => vault.close());
  vault.ov(["lock"]);
  const askpass = join(vault.folder, "askpass");
  writeFileSync(askpass, `#!/bin/sh\nprintf %s '${vault.password}'\n`, { mode: 0o700 });
  const env = { ...vault.env, OV_ASKPASS: askpass };
  writeFileSync(join(vault.folder, ".env"), "IMPORTED_KEY=sk_test_0a1b2c3d4e5f\n");
  vault.ov(["secret", "import", ".env", "-a", "shop", "-e", "dev", "--yes"], { env });
  assert.match(vault.ov(["secret", "list", "-a", "shop", "-e", "dev"], { env }), /^IMPORTED_KEY /m);
});
