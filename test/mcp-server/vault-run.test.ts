import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, test } from "node:test";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, DATABASE, type FakeVault, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { TEST_KEY, type TestDeps, type TestOptions, testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function start(options: TestOptions = {}, era: "modern" | "old" = "modern") {
  const vault: FakeVault = options.vault ?? fakeVault(CONTENTS, { approvesAll: true });
  const deps: TestDeps = await testDeps({ ...options, vault });
  linked = await linkedClient(deps, era);
  return { client: linked.client, vault, deps };
}

for (const era of ["modern", "old"] as const) {
  test(`vault_run gives a command its secrets and returns redacted output (${era} protocol)`, async () => {
    const { client, vault } = await start({}, era);
    const command = "echo got $STRIPE_KEY; echo $STRIPE_KEY >&2; exit 3";
    const answer = await answerOf(client, "vault_run", { command, secrets: ["STRIPE_KEY"] });
    assert.equal(answer.code, undefined);
    assert.equal(answer.data.exit_code, 3);
    assert.equal(answer.data.stdout, "got [redacted:STRIPE_KEY]\n");
    assert.equal(answer.data.stderr, "[redacted:STRIPE_KEY]\n");
    assert.deepEqual(answer.data.secrets_injected, ["STRIPE_KEY"]);
    assert.deepEqual(answer.data.redactions, { STRIPE_KEY: 2 });
    assert.match(answer.text, /^exit code 3, .*STRIPE_KEY ×2/);
    assert.ok(!answer.json.includes(STRIPE));
    assert.deepEqual(vault.calls, ["lease", "settle ended"]);
  });
}

test("without names a command gets every secret of the context", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_run", { command: ["sh", "-c", "echo $DATABASE_URL"] });
  assert.deepEqual(answer.data.secrets_injected, ["DATABASE_URL", "STRIPE_KEY"]);
  assert.ok(!answer.json.includes(DATABASE));
});

test("a secret that was not named is not in the environment", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_run", { command: "env", secrets: ["STRIPE_KEY"] });
  assert.ok(!String(answer.data.stdout).includes("DATABASE_URL"));
});

test("standard input reaches the command", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_run", { command: ["cat"], stdin: "héllo" });
  assert.equal(answer.data.stdout, "héllo");
});

test("a command that takes longer than its limit is a result, and is ended", async () => {
  const { client, vault } = await start();
  const answer = await answerOf(client, "vault_run", { command: "echo begun; sleep 60", timeout_seconds: 3 });
  assert.equal(answer.data.timed_out, true);
  assert.equal(answer.data.stdout, "begun\n");
  assert.deepEqual(vault.calls, ["lease", "settle timed-out"]);
});

test("output is cut in the middle, so that a model can read it", async () => {
  const { client } = await start();
  const command = "echo begin; yes ordinary words | head -c 100000; echo end";
  const answer = await answerOf(client, "vault_run", { command });
  assert.equal(answer.data.truncated, true);
  assert.ok(String(answer.data.stdout).length < 70_000);
  assert.match(String(answer.data.stdout), /^begin\n/);
  assert.match(String(answer.data.stdout), /end\n$/);
});

test("a locked vault, an unknown secret and an unknown command are refusals with a next step", async () => {
  const { client } = await start();
  const unknown = await answerOf(client, "vault_run", { command: "true", secrets: ["NOPE"] });
  assert.equal(unknown.code, "secret-not-found");
  const missing = await answerOf(client, "vault_run", { command: ["no-such-program-here"] });
  assert.equal(missing.code, "command-not-found");
  await linked?.close();
  const locked = await start({ overrides: { access: async () => undefined } });
  const answer = await answerOf(locked.client, "vault_run", { command: "true" });
  assert.equal(answer.code, "vault-locked");
  assert.match(answer.text, /^vault-locked: .*"ov unlock"/);
});

test("with no context anywhere a call is refused, and none is guessed", async () => {
  const { client } = await start({ overrides: { userDefault: {} } });
  assert.equal((await answerOf(client, "vault_run", { command: "true" })).code, "context-missing");
});

test("S67 a folder outside of the client's folders is refused, also behind a link", async () => {
  const { client, deps, vault } = await start();
  const { cwd } = deps.place;
  await mkdir(path.join(cwd, "inside"));
  await symlink("/", path.join(cwd, "out"));
  for (const wanted of ["/", "..", "out", "inside/../../..", "out/tmp"]) {
    assert.equal((await answerOf(client, "vault_run", { command: "pwd", cwd: wanted })).code, "cwd-invalid", wanted);
  }
  assert.deepEqual(vault.calls, [], "nobody was asked");
  const answer = await answerOf(client, "vault_run", { command: "pwd", cwd: "inside" });
  assert.equal(answer.data.stdout, `${cwd}/inside\n`);
});

test("S68 what looks like a credential that is not in the vault is redacted, and counted by rule", async () => {
  const { client, deps } = await start();
  const answer = await answerOf(client, "vault_run", { command: ["cat"], stdin: `key: ${TEST_KEY}!` });
  assert.equal(answer.data.stdout, "key: [redacted:rule:test-key]!");
  assert.ok(!answer.json.includes(TEST_KEY));
  assert.match(answer.text, /\(test-key\) was redacted here/);
  const twice = await answerOf(client, "vault_run", { command: ["cat"], stdin: `${TEST_KEY} ${TEST_KEY}` });
  assert.match(twice.text, /\(test-key × 2\) was redacted here/);
  assert.deepEqual([...deps.interceptor.found], [["test-key", 3]]);
  const status = (await answerOf(client, "vault_status")).data.interceptor;
  assert.deepEqual(status, { mode: "block", found: 3, found_by_rule: { "test-key": 3 } });
});

test("OV_INTERCEPT_MODE=warn lets it through, says so, and counts too", async () => {
  const { client, deps } = await start({ mode: "warn" });
  const answer = await answerOf(client, "vault_run", { command: ["cat"], stdin: TEST_KEY });
  assert.equal(answer.data.stdout, TEST_KEY);
  assert.match(answer.text, /looks like a credential .*\(test-key\) is in this output/);
  assert.deepEqual([...deps.interceptor.found], [["test-key", 1]]);
});

test("S69 a bug is answered in general words, and its message reaches neither model nor log", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const broken = { ...vault.access, lease: () => Promise.reject(new TypeError(`could not parse ${STRIPE}`)) };
  const { client, deps } = await start({ vault, overrides: { access: async () => broken } });
  const answer = await answerOf(client, "vault_run", { command: "true" });
  assert.equal(answer.code, "internal-error");
  assert.ok(!(answer.json + deps.lines.join()).includes(STRIPE));
  assert.match(deps.lines.join(), /internal-error TypeError\n\s+at /);
});

test("S67 a .ov.yaml narrows the names and the commands, and arguments can't widen them", async () => {
  const { client, deps } = await start();
  const text = "app: shop\nenvironment: dev\nsecrets: [STRIPE_KEY]\ncommands:\n  echo hi: [STRIPE_KEY]\n";
  await writeFile(path.join(deps.place.cwd, ".ov.yaml"), text);
  const allowed = await answerOf(client, "vault_run", { command: "echo hi" });
  assert.deepEqual(allowed.data.secrets_injected, ["STRIPE_KEY"]);
  for (const args of [
    { command: "echo hi", secrets: ["DATABASE_URL"] },
    { command: "env" },
    { command: ["env"] },
    { command: "echo hi; env" },
  ]) {
    assert.equal((await answerOf(client, "vault_run", args)).code, "denied-by-policy", JSON.stringify(args));
  }
});
