import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newHome, newVault, PASSWORD, writeAskpass } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";

test("a backup restores the vault on another machine, and holds no value and no name in the clear", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/STRIPE_KEY", "--stdin"], { input: VALUE });
  const file = join(home.root, "backup");
  const exported = await home.ov(["export", file], { askpass: false });
  assert.equal(exported.code, 0, exported.stderr);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const bytes = readFileSync(file, "latin1");
  for (const text of [VALUE, "STRIPE_KEY", "shop"]) assert.ok(!bytes.includes(text), text);
  assert.equal((await home.ov(["export", file])).code, 2, "an older backup is not overwritten");

  const other = newHome(t);
  const imported = await other.ov(["import", file]);
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(imported.stderr, /shop\/dev: 1 secret/);
  const length = await other.ov([
    "run",
    "-a",
    "shop",
    "-e",
    "dev",
    "--",
    "sh",
    "-c",
    'printf %s "$STRIPE_KEY" | wc -c',
  ]);
  assert.equal(length.stdout.trim(), String(VALUE.length));
  assert.deepEqual(
    readdirSync(join(other.ovHome, "state")).filter((name) => name.startsWith("import-")),
    [],
  );
});

test("a backup is not put over a vault, nor with a wrong password, nor when it is damaged", async (t) => {
  const home = await newVault(t);
  const file = join(home.root, "backup");
  await home.ov(["export", file]);
  assert.equal((await home.ov(["import", file])).code, 8);
  const other = newHome(t);
  writeAskpass(other, "a wrong password");
  assert.equal((await other.ov(["import", file])).code, 4);
  writeAskpass(other, PASSWORD);
  const bytes = readFileSync(file);
  for (const damaged of [bytes.subarray(0, -1), bytes.map((byte, at) => (at === 200 ? byte ^ 1 : byte))]) {
    writeFileSync(file, damaged);
    const { code } = await other.ov(["import", file]);
    assert.equal(code, 10);
  }
  assert.equal((await other.ov(["import", join(home.root, "none")])).code, 7);
  assert.ok(!existsSync(join(other.ovHome, "vault")));
});

test("an older copy that is put back stops everything, until a person accepts it with the master password", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  const vault = join(home.ovHome, "vault");
  cpSync(vault, join(home.root, "old"), { recursive: true });
  await home.ov(["env", "create", "shop/later"]);
  rmSync(vault, { recursive: true });
  renameSync(join(home.root, "old"), vault);
  const refused = await home.ov(["app", "list"]);
  assert.equal(refused.code, 10, refused.stderr);
  assert.match(refused.stderr, /ov vault accept-restore/);
  assert.equal((await home.ov(["vault", "accept-restore"])).code, 5, "OV_ASKPASS proves no person");
  const person = atTerminal(t, home, ["vault", "accept-restore"], { askpass: true });
  await person.see("Go on with the older vault?");
  person.type(`y${ENTER}`);
  await person.see("Master password of that copy:");
  person.type(`${PASSWORD}${ENTER}`);
  assert.equal(await person.exit, 0);
  assert.equal((await home.ov(["app", "list"])).code, 0);
});
