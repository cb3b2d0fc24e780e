import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Home, newHome, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

async function json(home: Home, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, code } = await home.ov([...args, "--json"], { askpass: false });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("apps and environments are made, listed and deleted", async (t) => {
  const home = await newVault(t);
  await home.ov(["unlock"]);
  assert.equal((await home.ov(["app", "create", "shop"])).code, 0);
  assert.equal((await home.ov(["app", "create", "shop"])).code, 8);
  assert.equal((await home.ov(["env", "create", "shop/production"])).code, 0);
  assert.equal((await home.ov(["env", "create", "bad/na me"])).code, 2);
  assert.deepEqual(await json(home, "env", "list"), {
    environments: [{ app: "shop", environment: "production", secrets: 0, production: true }],
  });
  assert.deepEqual(await json(home, "env", "list", "other"), { environments: [] });
  assert.equal((await home.ov(["app", "delete", "shop"])).code, 2, "it still has an environment");
  const person = atTerminal(t, home, ["env", "delete", "shop/production"], { askpass: true });
  await person.see("for good");
  person.type(`y${ENTER}`);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  assert.equal(await person.exit, 0);
  assert.equal((await home.ov(["app", "delete", "shop"])).code, 0);
  assert.deepEqual(await json(home, "app", "list"), { apps: [] });
});

test("new keys for an environment leave every secret readable", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g", "hex", "--length", "16"]);
  assert.equal((await home.ov(["env", "rotate-key", "shop/dev"])).code, 0);
  const { stdout } = await home.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", 'printf %s "$KEY" | wc -c']);
  assert.equal(stdout.trim(), "32");
});

test("the audit log tells who did what, by name, time and number", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  await home.ov(["unlock"]);
  assert.equal((await home.ov(["run", "-a", "shop", "-e", "dev", "--", "true"])).code, 5);
  const { entries } = (await json(home, "audit", "--secret", "KEY")) as { entries: Record<string, unknown>[] };
  const [first, last] = [entries[0]!, entries.at(-1)!];
  assert.deepEqual([first.action, first.context, first.names], ["write", "shop/dev", ["KEY"]]);
  assert.deepEqual([last.actor, last.action, last.outcome], ["ov run", "run", "approval-required"]);
  assert.match(String(last.command_hash), /^[0-9a-f]{64}$/);
  assert.equal(((await json(home, "audit", "--last", "1")) as { entries: unknown[] }).entries.length, 1);
  assert.deepEqual(await json(home, "audit", "--since", "2999-01-01"), { entries: [] });
  assert.equal((await home.ov(["audit", "--since", "yesterday-ish"])).code, 2);
});

test("settings are set, read and unset, and kept in a private file", async (t) => {
  const home = newHome(t);
  assert.equal((await home.ov(["config", "get", "lock_after_minutes"])).stdout, "15\n");
  assert.equal((await home.ov(["config", "set", "lock_after_minutes", "5"])).code, 0);
  assert.equal((await home.ov(["config", "get", "lock_after_minutes"])).stdout, "5\n");
  const file = join(home.ovHome, "config.json");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual((await json(home, "config", "list")).settings, { lock_after_minutes: 5 });
  assert.equal((await home.ov(["config", "set", "server", "https://example.com"])).code, 2);
  assert.equal((await home.ov(["config", "unset", "lock_after_minutes"])).code, 0);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {});
});
