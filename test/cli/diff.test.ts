import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { approveAll } from "./fixtures/agent.ts";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const ONE = "kZ4tQ9wXr7LmN2vB8sHd";
const TWO = "pX8bV3nMq6WjK1cF5gYs";

async function twoEnvironments(t: TestContext): Promise<Home> {
  const home = await newVault(t);
  const values = { "dev/SAME": ONE, "staging/SAME": ONE, "dev/OTHER": ONE, "staging/OTHER": TWO, "dev/MORE": ONE };
  assert.equal((await home.ov(["unlock"])).code, 0);
  for (const [path, input] of Object.entries(values)) {
    assert.equal((await home.ov(["secret", "create", `shop/${path}`, "--stdin"], { input })).code, 0);
  }
  return home;
}

test("two environments are compared by name and value, after the master password, and no value is shown", async (t) => {
  const home = await twoEnvironments(t);
  const person = atTerminal(t, home, ["diff", "dev", "staging", "-a", "shop", "--json"]);
  await person.see("Master password");
  person.type(`${PASSWORD}${ENTER}`);
  assert.equal(await person.exit, 0);
  const shown = JSON.parse(person.screen.slice(person.screen.indexOf("{\r\n"))) as {
    secrets: Record<string, unknown>[];
  };
  assert.deepEqual(
    shown.secrets.map(({ name, state }) => [name, state]),
    [
      ["MORE", "only-in-a"],
      ["OTHER", "differs"],
      ["SAME", "same"],
    ],
  );
  assert.ok(!person.screen.includes(ONE) && !person.screen.includes(TWO));
});

test("S277 an agent learns of no two values whether they are equal, by no command", async (t) => {
  const home = await twoEnvironments(t);
  for (const environment of ["dev", "staging"]) await approveAll(home, "shop", environment);
  for (const args of [
    ["diff", "shop/dev", "shop/staging"],
    ["diff", "shop/dev", "shop/staging", "--json"],
    ["secret", "show", "shop/dev/SAME", "--all", "--compare"],
    ["secret", "rotate", "SAME", "-a", "shop", "--env", "dev,staging", "-g", "--yes"],
  ]) {
    const { code, stdout } = await home.ov(args);
    assert.deepEqual([code, stdout], [5, ""], args.join(" "));
  }
});

test("one name is shown in every environment of its app, in one table, without a password of its own", async (t) => {
  const home = await twoEnvironments(t);
  const { code, stdout, stderr } = await home.ov(["secret", "show", "OTHER", "-a", "shop", "--all"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /shop\/dev +v1 .*\nshop\/staging +v1 /);
  const { environments } = JSON.parse((await home.ov(["secret", "show", "shop/dev/MORE", "--all", "--json"])).stdout);
  assert.deepEqual(
    environments.map(({ environment, value_group }: Record<string, unknown>) => [environment, value_group]),
    [["shop/dev", null]],
  );
  assert.equal((await home.ov(["secret", "show", "shop/dev/NONE"])).code, 7);
  const person = atTerminal(t, home, ["secret", "show", "OTHER", "-a", "shop", "--all", "--compare"]);
  await person.see("Master password");
  person.type(`${PASSWORD}${ENTER}`);
  assert.equal(await person.exit, 0);
  assert.match(person.screen, /shop\/dev +v1 .* A\s+shop\/staging +v1 .* B/);
});

test("an environment is not compared with itself, and one that isn't there is told", async (t) => {
  const home = await twoEnvironments(t);
  assert.equal((await home.ov(["diff", "shop/dev", "shop/dev"])).code, 2);
  const person = atTerminal(t, home, ["diff", "shop/dev", "shop/nowhere"]);
  await person.see("Master password");
  person.type(`${PASSWORD}${ENTER}`);
  assert.equal(await person.exit, 7);
});
