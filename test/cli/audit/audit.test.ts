import assert from "node:assert/strict";
import { test } from "node:test";
import { type Home, newVault } from "../fixtures/home.ts";

interface Entry {
  readonly action: string;
  readonly actor: string;
  readonly names: readonly string[];
  readonly anomalies: readonly string[];
  readonly outcome: string;
}

async function entries(home: Home, ...options: readonly string[]): Promise<readonly Entry[]> {
  const { code, stdout, stderr } = await home.ov(["audit", "--json", ...options]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).entries;
}

test("the log is narrowed by secret, environment, action, client and time, and the unusual is marked and can be had alone", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  await home.ov(["secret", "create", "shop/dev/DECOY", "-g", "--canary"]);
  const run = ["run", "-a", "shop", "-e", "dev"];
  await home.ov([...run, "--", "true"]);
  assert.equal((await home.ov([...run, "-s", "DECOY", "--", "true"])).code, 6);

  const ofKey = await entries(home, "--secret", "KEY", "--since", "7d", "--action", "run");
  assert.deepEqual(
    ofKey.map(({ actor, names, outcome }) => [actor, names, outcome]),
    [["ov run", ["KEY"], "ok"]],
  );
  assert.deepEqual(await entries(home, "--client", "codex"), []);
  assert.ok((await entries(home, "--env", "shop/dev", "--secret", "KEY")).length >= 2);
  assert.deepEqual(await entries(home, "--env", "shop/staging"), []);
  assert.equal((await home.ov(["audit", "--env", "dev"])).code, 2);
  assert.equal((await entries(home, "--client", "OV RUN", "--action", "run")).length, 1);
  assert.deepEqual(await entries(home, "--until", "1d"), []);
  await home.ov(["config", "set", "usual_hours", "off"]);
  const unusual = await entries(home, "--anomalies");
  assert.deepEqual(
    unusual.map(({ action, anomalies }) => [action, anomalies]),
    [["canary", ["decoy"]]],
  );
  assert.match((await home.ov(["audit", "--anomalies"])).stdout, /canary .*DECOY .*\(!\) a decoy/);
});

test("hours that are usual for nobody make every use unusual, and what is no time of day is refused", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  await home.ov(["run", "-a", "shop", "-e", "dev", "--", "true"]);
  const hour = new Date().getHours();
  const other = `${(hour + 3) % 24}-${(hour + 4) % 24}`;
  assert.equal((await home.ov(["config", "set", "usual_hours", other])).code, 0);
  assert.deepEqual(
    (await entries(home, "--anomalies")).map(({ action, anomalies }) => [action, anomalies]),
    [["run", ["hours"]]],
  );
  for (const wrong of ["25-3", "8", "8-18-20", "soon"]) {
    assert.equal((await home.ov(["config", "set", "usual_hours", wrong])).code, 2, wrong);
  }
  assert.equal((await home.ov(["audit", "--until", "tomorrow or so"])).code, 2);
});
