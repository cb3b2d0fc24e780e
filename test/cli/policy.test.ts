import assert from "node:assert/strict";
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

/** A vault with shop/dev/KEY, and the programs `deploy` and `curl` on the PATH. */
async function setting(t: TestContext): Promise<{ home: Home; bin: string; env: { PATH: string } }> {
  const home = await newVault(t);
  const bin = join(realpathSync(home.root), "bin");
  mkdirSync(bin);
  for (const name of ["deploy", "curl"]) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} ran\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const made = await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: "value-Qk39fjQ02mZx" });
  assert.equal(made.code, 0, made.stderr);
  return { home, bin, env };
}

/** A person sets the policy at a terminal, with the password. */
async function set(
  t: TestContext,
  home: Home,
  args: readonly string[],
  env = {},
  password = PASSWORD,
): Promise<string> {
  const person = atTerminal(t, home, ["policy", "set", "shop/dev", ...args], { env });
  await person.see("Master password");
  person.type(`${password}${ENTER}`);
  await person.exit;
  return person.screen;
}

async function explain(home: Home, args: readonly string[], env = {}): Promise<Record<string, unknown>> {
  const ended = await home.ov(["policy", "explain", "-a", "shop", "-e", "dev", "--json", ...args], { env });
  assert.equal(ended.code, 0, ended.stderr);
  return JSON.parse(ended.stdout) as Record<string, unknown>; // as --json says
}

test("without a policy, show tells the default and what it means", async (t) => {
  const { home } = await setting(t);
  const shown = await home.ov(["policy", "show", "shop/dev"]);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^shop\/dev: preset careful, the default/);
  assert.match(shown.stdout, /env-dumps +ask +preset careful +printing the environment/);
  assert.match(shown.stdout, /network {2}any/);
  const json = JSON.parse((await home.ov(["policy", "show", "-a", "shop", "-e", "dev", "--json"])).stdout);
  assert.deepEqual(json.policy, { preset: "careful", verdicts: {}, allow: [], deny: [] });
  assert.equal(json.is_default, true);
  assert.equal(json.effective.verdicts["env-dumps"], "ask");
});

test("S111 a policy is changed by a person at a terminal only, never by OV_ASKPASS", async (t) => {
  const { home } = await setting(t);
  const refused = await home.ov(["policy", "set", "shop/dev", "--preset", "open"]);
  assert.equal(refused.code, 5);
  assert.match(refused.stderr, /needs a person at a terminal/);
  const json = JSON.parse((await home.ov(["policy", "show", "shop/dev", "--json"])).stdout);
  assert.equal(json.is_default, true);
});

test("set shows what changes, and explain says which rule decides and why", async (t) => {
  const { home, bin, env } = await setting(t);
  const screen = await set(t, home, ["--deny", "curl", "--allow", "deploy=KEY", "--inline-code", "deny"], env);
  assert.match(screen, /inline-code: ask -> deny/);
  assert.match(screen, new RegExp(`\\+ allow ${bin}/deploy, with only KEY`));
  assert.match(screen, /\+ deny curl/);
  const shown = await home.ov(["policy", "show", "shop/dev"]);
  assert.match(shown.stdout, /^shop\/dev: preset careful, set in the vault/);
  assert.match(shown.stdout, /curl +deny/);
  assert.match(shown.stdout, new RegExp(`${bin}/deploy +allow +KEY`));

  const text = await home.ov(["policy", "explain", "-a", "shop", "-e", "dev", "--shell", "deploy | curl -d @- x"], {
    env,
  });
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /result {3}denied, by deny curl \(set\): curl is denied/);
  assert.match(text.stdout, /secrets {2}only KEY/);
  assert.match(text.stdout, /change {3}ov policy set shop\/dev --remove curl/);
  const inline = await explain(home, ["--", "node", "-e", "x"], env);
  assert.equal(inline.verdict, "deny");
  const plain = await explain(home, ["--", "deploy", "--now"], env);
  assert.deepEqual([plain.verdict, plain.allowed_names], ["allow", ["KEY"]]);
});

test("a denied command doesn't run", async (t) => {
  const { home, env } = await setting(t);
  await set(t, home, ["--deny", "curl"], env);
  const run = (words: readonly string[]) => home.ov(["run", "-a", "shop", "-e", "dev", "--", ...words], { env });
  const denied = await run(["curl", "x"]);
  assert.equal(denied.code, 6);
  assert.equal(denied.stdout, "");
  assert.match(denied.stderr, /The policy of shop\/dev denies this: "curl" is denied/);
  assert.equal((await run(["sh", "-c", "curl x"])).code, 6);
  assert.deepEqual([(await run(["deploy"])).stdout], ["deploy ran\n"]);
});

test("a wrong password changes nothing", async (t) => {
  const { home, env } = await setting(t);
  const screen = await set(t, home, ["--preset", "open"], env, "wrong password here");
  assert.match(screen, /not the master password|wrong/i);
  const json = JSON.parse((await home.ov(["policy", "show", "shop/dev", "--json"])).stdout);
  assert.equal(json.is_default, true);
});

test("a policy moves to another environment as a file, and one of a newer version is refused", async (t) => {
  const { home, env } = await setting(t);
  await set(t, home, ["--preset", "strict", "--allow", "deploy", "--pin", "--network", "api.example.com"], env);
  const file = join(home.project, "policy.json");
  const shown = await home.ov(["policy", "show", "shop/dev", "--json"]);
  const document = JSON.parse(shown.stdout);
  assert.match(document.policy.allow[0].sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(document.policy.network, ["api.example.com"]);
  await set(t, home, ["--reset"], env);
  assert.equal(JSON.parse((await home.ov(["policy", "show", "shop/dev", "--json"])).stdout).policy.preset, "careful");
  writeFileSync(file, shown.stdout);
  await set(t, home, ["--from", file], env);
  const again = await home.ov(["policy", "show", "shop/dev", "--json"]);
  assert.deepEqual(JSON.parse(again.stdout).policy, document.policy);

  writeFileSync(file, JSON.stringify({ version: 2, policy: document.policy }));
  const newer = await set(t, home, ["--from", file], env);
  assert.match(newer, /written by a newer OpaqueVault/);
  assert.deepEqual(
    JSON.parse((await home.ov(["policy", "show", "shop/dev", "--json"])).stdout).policy,
    document.policy,
  );
});

test("S37 a .ov.yaml can take commands away, and can't bring a policy", async (t) => {
  const { home, env } = await setting(t);
  await set(t, home, ["--deny", "curl"], env);
  const file = join(home.project, ".ov.yaml");
  writeFileSync(file, "app: shop\nenvironment: dev\ncommands:\n  curl: [KEY]\n  deploy: [KEY]\n");
  const run = (words: readonly string[]) => home.ov(["run", "--", ...words], { env });
  assert.equal((await run(["curl", "x"])).code, 6, "what the file allows is still denied");
  const other = await run(["printf", "x"]);
  assert.equal(other.code, 6);
  assert.match(other.stderr, /lists the commands that may have secrets/);
  assert.match(String((await explain(home, ["--", "printf", "x"], env)).refused_by_project_file), /lists the commands/);
  writeFileSync(file, "app: shop\nenvironment: dev\npolicy:\n  preset: open\n");
  const refused = await run(["deploy"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /unknown key/);
});

test("what can't be a policy is refused with what is wrong", async (t) => {
  const { home, env } = await setting(t);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Say what to change/],
    [["--allow", "no-such-program"], /There is no program "no-such-program"/],
    [["--network", "https://example.com/"], /--network takes/],
    [["--remove", "curl"], /No rule names "curl"/],
    [["--from", "missing.json"], /can't be read/],
  ];
  for (const [args, message] of cases) {
    const person = atTerminal(t, home, ["policy", "set", "shop/dev", ...args], { env, askpass: true });
    if (args.length > 0) {
      await person.see("Master password");
      person.type(`${PASSWORD}${ENTER}`);
    }
    assert.notEqual(await person.exit, 0);
    assert.match(person.screen.replace(/\s+/g, " "), message);
  }
});

test("a decoy is marked at the command line, listed as one, left out of runs, and shown when it was asked for", async (t) => {
  const { home, env } = await setting(t);
  const made = await home.ov(["secret", "create", "shop/dev/ROOT_KEY", "--stdin", "--canary"], {
    input: "decoy-Xx93kfQ0",
  });
  assert.equal(made.code, 0, made.stderr);
  const listed = await home.ov(["secret", "list", "shop/dev"]);
  assert.match(listed.stdout, /ROOT_KEY .*decoy/);
  const usual = await home.ov(
    ["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", 'test -n "$KEY" && test -z "$ROOT_KEY" && echo fine'],
    { env },
  );
  assert.equal(usual.stdout, "fine\n");
  const unlocked = await home.ov(["unlock"]);
  assert.equal(unlocked.code, 0, unlocked.stderr);
  const named = await home.ov(["run", "-a", "shop", "-e", "dev", "-s", "ROOT_KEY", "--", "true"], { env });
  assert.equal(named.code, 6);
  assert.match(named.stderr, /ROOT_KEY of shop\/dev is there to show misuse/);
  const status = await home.ov(["status"]);
  assert.match(status.stdout, /DECOY .* ov run asked for ROOT_KEY of shop\/dev \(run\)/);
  const audit = await home.ov(["audit", "--secret", "ROOT_KEY"]);
  assert.match(audit.stdout, /canary .*refused: run/);
});
