import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { databaseFile, keyFileOf } from "../../api-server/place.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { serveVault } from "./served-vault.ts";

const MAIN = join(import.meta.dirname, "../../api-server/main.ts");

test("what the server had stored damaged is restored only when asked for, and each end has its own exit code", async (t) => {
  const { api, options } = await serveVault({}, 3);
  t.after(() => api.close());
  const { folder } = options;
  const work = temporaryFolder("ov-exit-");
  const file = join(work, "a.ovs");
  assert.deepEqual(ovApi(["backup", file, "--folder", folder]), [0, ""]);
  assert.match(ovApi(["verify", join(work, "none")]).join(" "), /^66 /);
  assert.match(ovApi(["restore", file, "--folder", folder]).join(" "), /^75 .*Another server uses/);
  const nowhere = join(work, "nowhere");
  assert.match(ovApi(["restore", file, "--folder", nowhere]).join(" "), /^73 .*There is no key file/);
  const cut = join(work, "cut.ovs");
  writeFileSync(cut, "OVS1");
  assert.match(ovApi(["verify", cut]).join(" "), /^65 /);

  const database = new DatabaseSync(databaseFile(folder), { timeout: 5000 });
  database.exec("UPDATE records SET bytes = x'00' WHERE rowid = (SELECT min(rowid) FROM records)");
  database.close();
  const damaged = join(work, "damaged.ovs");
  assert.equal(ovApi(["backup", damaged, "--folder", folder])[0], 0);
  assert.equal(ovApi(["verify", damaged])[0], 65);
  const target = temporaryFolder("ov-target-");
  copyFileSync(keyFileOf(options), keyFileOf({ folder: target }));
  assert.match(ovApi(["restore", damaged, "--folder", target]).join(" "), /^73 .*--despite-problems/);
  assert.equal(ovApi(["restore", damaged, "--folder", target, "--despite-problems"])[0], 0);
});

/** The exit code, and what was told on stderr. */
function ovApi(args: readonly string[]): readonly [number | null, string] {
  const env = { ...process.env, DATABASE_URL: undefined };
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { env, encoding: "utf8" });
  return [status, stderr.trim()];
}
