import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";
const KEY = "shop/dev/KEY";
const HERE = ["-a", "shop", "-e", "dev"];

async function kept(home: Home): Promise<{ readonly hosts: unknown; readonly placeholder: unknown }> {
  const { stdout, stderr } = await home.ov(["secret", "list", "shop/dev", "--json"]);
  assert.notEqual(stdout, "", stderr);
  const [secret] = JSON.parse(stdout).secrets;
  return { hosts: secret.allowed_hosts, placeholder: secret.placeholder };
}

/** A person at a terminal, who types the master password. */
async function typed(t: TestContext, home: Home, args: readonly string[]): Promise<string> {
  const person = atTerminal(t, home, args);
  await person.see("Master password");
  person.type(`${PASSWORD}${ENTER}`);
  await person.exit;
  return person.screen;
}

test("a person creates a secret in placeholder mode, and the list shows it", async (t) => {
  const home = await newVault(t);
  writeFileSync(join(home.root, "value"), VALUE);
  const from = ["--file", join(home.root, "value")];
  const screen = await typed(t, home, [
    "secret",
    "create",
    KEY,
    ...from,
    "--placeholder",
    "--allow-host",
    "API.example.com",
  ]);
  assert.match(screen, /KEY may go to api\.example\.com\./);
  assert.deepEqual(await kept(home), {
    hosts: ["api.example.com"],
    placeholder: ["header:authorization", "header:x-api-key"],
  });
  assert.match((await home.ov(["secret", "list", "shop/dev"])).stdout, /KEY .*placeholder to api\.example\.com/);
});

test("S151 ov lets only a person at a terminal say who may get a value, never OV_ASKPASS", async (t) => {
  const home = await newVault(t);
  const refused = await home.ov(["secret", "create", KEY, "--stdin", "--allow-host", "evil.example"], { input: VALUE });
  assert.equal(refused.code, 5);
  assert.match(refused.stderr, /need a person at a terminal/);
  assert.deepEqual(JSON.parse((await home.ov(["env", "list", "--json"])).stdout).environments, [], "nothing was made");
  await home.ov(["secret", "create", KEY, "--stdin"], { input: VALUE });
  for (const unlocked of [false, true]) {
    if (unlocked) assert.equal((await home.ov(["unlock"])).code, 0);
    for (const args of [["--no-placeholder"], ["--placeholder", "query:key"], ["--allow-host", "evil.example"]]) {
      assert.equal((await home.ov(["secret", "update", KEY, "--yes", ...args])).code, 5, args.join(" "));
    }
  }
  assert.deepEqual(await kept(home), { hosts: [], placeholder: null });
});

test("placeholder mode is switched on without a person, and off by one; what can't work is refused", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", KEY, "--stdin"], { input: VALUE });
  const hostless = await home.ov(["secret", "update", KEY, "--placeholder"]);
  assert.equal(hostless.code, 2);
  assert.match(hostless.stderr, /without an allowed host.*--allow-host/);
  assert.match(
    await typed(t, home, ["secret", "update", KEY, "--allow-host", "https://x/"]),
    /can't be an allowed host/,
  );
  const places = ["--allow-host", "api.example.com", "--placeholder", "cookie"];
  assert.match(await typed(t, home, ["secret", "update", KEY, ...places]), /"cookie" can't be a place/);
  await typed(t, home, ["secret", "update", KEY, "--allow-host", "api.example.com"]);
  const on = await home.ov(["secret", "update", KEY, "--placeholder"]);
  assert.equal(on.code, 0, on.stderr);
  assert.deepEqual((await kept(home)).placeholder, ["header:authorization", "header:x-api-key"]);
  assert.match(await typed(t, home, ["secret", "update", KEY, "--no-placeholder"]), /is given to programs itself/);
  assert.deepEqual(await kept(home), { hosts: ["api.example.com"], placeholder: null });
});

test("ov run says which placeholders were never used", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", KEY, "--stdin"], { input: VALUE });
  await typed(t, home, ["secret", "update", KEY, "--allow-host", "api.example.com"]);
  await home.ov(["secret", "update", KEY, "--placeholder"]);
  const run = await home.ov(["run", ...HERE, "--", "sh", "-c", 'printf %s "$KEY"; exit 3']);
  assert.equal(run.code, 3);
  assert.match(run.stdout, /^[A-Za-z0-9]{20}$/);
  assert.notEqual(run.stdout, VALUE);
  assert.match(run.stderr, /the command had a placeholder of KEY, and never sent it where the value may go/);
});
