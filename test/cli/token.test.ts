import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Ended, newHome } from "./fixtures/home.ts";
import { machine, makeToken, served, VALUE } from "./fixtures/served-home.ts";

const SHOW = ["run", "--", "sh", "-c", 'test "$STRIPE_KEY" && echo "it is $STRIPE_KEY"; env | grep -c OV_TOKEN'];

test("S238 a token runs a command with its environment's secrets from an empty home, and can do nothing more", async (t) => {
  const { home } = await served(t);
  const token = await makeToken(t, home, "--env", "shop/dev");
  const on = machine(t, { OV_TOKEN: token });
  const ran = await on(...SHOW);
  assert.match(ran.stdout, /it is \[redacted:STRIPE_KEY\]\n0\n/, ran.stderr);
  assert.match((await on("secret", "list", "shop/dev")).stdout, /STRIPE_KEY/);
  const other = await on("run", "-a", "shop", "-e", "production", "--", "true");
  assert.notEqual(other.code, 0);
  assert.match(other.stderr, /no shop\/production|context/i);
  for (const args of [
    ["secret", "create", "shop/dev/NEW", "--stdin"],
    ["secret", "delete", "shop/dev/STRIPE_KEY", "--yes"],
    ["env", "create", "shop/other"],
    ["token", "create", "--name", "more", "--env", "shop/dev"],
    ["secret", "reveal", "shop/dev/STRIPE_KEY"],
  ]) {
    const refused = await on(...args);
    assert.notEqual(refused.code, 0, args.join(" "));
    assert.doesNotMatch(refused.stdout + refused.stderr, new RegExp(VALUE));
  }
  const kept = await home.ov(["secret", "list", "shop/dev"]);
  assert.match(kept.stdout, /STRIPE_KEY/, kept.stderr);
  const audit = await home.ov(["audit", "--json"]);
  assert.match(audit.stdout, /"action": "run"/);
});

test("a value that changes is there at the next run of a token, and a second machine shares the audit chain", async (t) => {
  const { home } = await served(t);
  const token = await makeToken(t, home, "--env", "shop/dev");
  const [one, two] = [machine(t, { OV_TOKEN: token }), machine(t, { OV_TOKEN: token })];
  const length = ["run", "--", "sh", "-c", 'printf %s "$STRIPE_KEY" | wc -c'];
  assert.match((await one(...length)).stdout, new RegExp(`^${VALUE.length}$`, "m"));
  assert.equal(
    (await home.ov(["secret", "update", "shop/dev/STRIPE_KEY", "--stdin"], { input: "another-value" })).code,
    0,
  );
  const both = await Promise.all([one(...length), two(...length)]);
  for (const { stdout, stderr } of both) assert.match(stdout, /^13$/m, stderr);
});

test("S239 a revoked token, one from elsewhere, and one with a flipped letter are refused, each with a next step", async (t) => {
  const { home } = await served(t);
  const token = await makeToken(t, home, "--env", "shop/*");
  const flipped = token.slice(0, 40) + (token[40] === "A" ? "B" : "A") + token.slice(41);
  const wrong = await machine(t, { OV_TOKEN: flipped })(...SHOW);
  assert.match(wrong.stderr, /typing error/);
  const several = await machine(t, { OV_TOKEN: token })(...SHOW);
  assert.match(several.stderr, /several environments: shop\/dev, shop\/production/);
  const production = ["run", "-a", "shop", "-e", "production", "--", "true"];
  assert.equal((await machine(t, { OV_TOKEN: token })(...production)).code, 0);
  const listed = JSON.parse((await home.ov(["token", "list", "--json"])).stdout).tokens;
  assert.equal(listed[0].name, "ci");
  assert.ok(listed[0].used_at, "its last use is told");
  const elsewhere = await makeToken(t, home, "--env", "shop/dev", "--ip", "203.0.113.0/24", "--name", "elsewhere");
  assert.match((await machine(t, { OV_TOKEN: elsewhere })(...SHOW)).stderr, /doesn't take this token/);
  assert.equal((await home.ov(["token", "revoke", listed[0].id])).code, 0);
  assert.match((await machine(t, { OV_TOKEN: token })(...production)).stderr, /doesn't take this token/);
  assert.match((await home.ov(["token", "list"])).stdout, /elsewhere/);
  assert.equal((await home.ov(["secret", "list", "shop/dev"])).code, 0, "the owner reads on, under new keys");
});

test("a token's file must be the user's own, and nobody else's to read", async (t) => {
  const { home } = await served(t);
  const token = await makeToken(t, home, "--env", "shop/dev");
  const folder = temporaryFolder("ov-token-");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "token");
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  const on = machine(t, { OV_TOKEN_FILE: file });
  assert.match((await on(...SHOW)).stdout, /it is \[redacted/);
  chmodSync(file, 0o640);
  assert.match((await on(...SHOW)).stderr, /Other users can read/);
});

test("a service holds what a token reads, and programs of the user run with it until it ends", async (t) => {
  const { home } = await served(t);
  const token = await makeToken(t, home, "--env", "shop/dev");
  const file = join(temporaryFolder("ov-token-"), "token");
  writeFileSync(file, token, { mode: 0o600 });
  const server = newHome(t);
  const service = server.ov(["agent", "start", "--token-file", file], { askpass: false });
  const run = (): Promise<Ended> => server.ov(["run", "-a", "shop", "-e", "dev", ...SHOW.slice(1)], { askpass: false });
  const note = join(server.ovHome, "run", "agent.json");
  for (let tries = 0; !existsSync(note) && tries < 600; tries++) await sleep(50);
  const ran = await run();
  assert.match(ran.stdout, /it is \[redacted:STRIPE_KEY\]/, ran.stderr);
  assert.equal((await server.ov(["lock"], { askpass: false })).code, 0);
  const ended = await service;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /serves shop\/dev/);
});

test("a CI is told what to mask by a command of its own, and nowhere else", async (t) => {
  const { home } = await served(t);
  const many = "-----BEGIN KEY-----\nQm9yZQ%3D\nab\n-----END KEY-----\n";
  assert.equal((await home.ov(["secret", "create", "shop/dev/PEM", "--stdin"], { input: many })).code, 0);
  const token = await makeToken(t, home, "--env", "shop/dev");
  const github = await machine(t, { OV_TOKEN: token, GITHUB_ACTIONS: "true" })("token", "mask");
  const masks = github.stdout.trim().split("\n");
  assert.ok(masks.includes(`::add-mask::${VALUE}`), github.stderr);
  assert.ok(masks.includes("::add-mask::Qm9yZQ%253D"));
  assert.ok(!masks.includes("::add-mask::ab"), "too short to be a mask");
  const azure = await machine(t, { OV_TOKEN: token, TF_BUILD: "True" })("token", "mask");
  assert.match(azure.stdout, new RegExp(`^##vso\\[task.setsecret\\]${VALUE}$`, "m"));
  const elsewhere = await machine(t, { OV_TOKEN: token })("token", "mask");
  assert.notEqual(elsewhere.code, 0);
  assert.equal(elsewhere.stdout, "");
  const owner = await home.ov(["token", "mask", "-a", "shop", "-e", "dev"], { env: { GITHUB_ACTIONS: "true" } });
  assert.equal(owner.stdout, "", "an agent with an unlocked vault gets no values by it");
});
