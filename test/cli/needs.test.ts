import assert from "node:assert/strict";
import { test } from "node:test";
import { approveAll } from "./fixtures/agent.ts";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";

interface Listed {
  readonly exposed: { readonly why: string } | null;
  readonly rotation_due: boolean;
  readonly rotation_due_in_days: number | null;
}

async function listed(home: Home): Promise<Listed> {
  const { stdout, stderr, code } = await home.ov(["secret", "list", "shop/dev", "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).secrets[0];
}

async function leak(home: Home): Promise<void> {
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin", "--rotate-after", "10"], { input: VALUE });
  const ran = await home.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", 'printf %s "$KEY" > left.txt']);
  assert.match(ran.stderr, /ov secret rotate shop\/dev\/KEY/);
}

test("a value that a run left in a file is shown as exposed by list and status, until it is rotated", async (t) => {
  const home = await newVault(t);
  await leak(home);
  const before = await listed(home);
  assert.equal(before.exposed?.why, "left in a file by ov run");
  assert.deepEqual([before.rotation_due, before.rotation_due_in_days], [false, 9]);
  const table = await home.ov(["secret", "list", "shop/dev"]);
  assert.match(table.stdout, /EXPOSED since \d{4}-\d\d-\d\d \(left in a file by ov run\), rotation due in 9 days/);
  await home.ov(["unlock"]);
  const status = await home.ov(["status", "-a", "shop", "-e", "dev"]);
  assert.match(status.stdout, /EXPOSED {4}KEY: .*"ov secret rotate"/);
  const { exposed, rotation_due } = JSON.parse((await home.ov(["status", "-a", "shop", "-e", "dev", "--json"])).stdout);
  assert.deepEqual([exposed, rotation_due], [["KEY"], []]);
  await home.ov(["lock"]);
  assert.equal((await home.ov(["secret", "rotate", "shop/dev/KEY", "-g"])).code, 0);
  assert.equal((await listed(home)).exposed, null);
});

test("S276 nobody but a person at a terminal takes the mark off an exposed value that stays", async (t) => {
  const home = await newVault(t);
  await leak(home);
  const args = ["secret", "clear-exposed", "shop/dev/KEY"];
  assert.equal((await home.ov(args)).code, 5, "OV_ASKPASS proves no person");
  await home.ov(["unlock"]);
  await approveAll(home, "shop", "dev");
  assert.equal((await home.ov(args)).code, 5, "an unlocked agent and a standing approval don't either");
  assert.notEqual((await listed(home)).exposed, null);
  const person = atTerminal(t, home, args);
  await person.see("Master password");
  person.type(`wrong horse battery${ENTER}`);
  await person.see("not the master password");
  assert.notEqual((await listed(home)).exposed, null);
  await person.see("Master password");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("not marked as exposed");
  assert.equal(await person.exit, 0);
  assert.equal((await listed(home)).exposed, null);
});
