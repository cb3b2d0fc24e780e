import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { TEST_KEY, testDeps } from "./fixtures/test-deps.ts";

const VALUE = "hunter2-of-an-agent";

let linked: Linked | undefined;
afterEach(() => linked?.close());

async function refused(name: string, args: Record<string, unknown>) {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const deps = await testDeps({ vault });
  linked = await linkedClient(deps, "modern");
  const answer = await answerOf(linked.client, name, args);
  assert.deepEqual(vault.calls, [], "the vault was not even asked");
  const traces = answer.json + deps.lines.join("\n");
  return { answer, traces };
}

const GENERATE = { kind: "generate" };

for (const [what, args] of Object.entries({
  "a value": { name: "A", source: GENERATE, value: VALUE },
  "a value inside of the source": { name: "A", source: { kind: "ask", value: VALUE } },
  "a secret_value": { name: "A", source: GENERATE, secret_value: VALUE },
  "a password": { name: "A", source: GENERATE, password: VALUE },
  "an apiKey": { name: "A", source: GENERATE, apiKey: VALUE },
  "a token, deep inside": { name: "A", source: { kind: "generate", extra: [{ token: VALUE }] } },
})) {
  test(`S61 a call that carries ${what} is refused with the reason, and is neither repeated nor logged`, async () => {
    const { answer, traces } = await refused("vault_create_secret", args);
    assert.equal(answer.code, "value-in-arguments");
    assert.match(answer.text, /"kind":"ask"/);
    assert.ok(!traces.includes(VALUE));
  });
}

test("S61 an environment with a value for vault_run is refused", async () => {
  const { answer, traces } = await refused("vault_run", { command: "true", env: { STRIPE_TOKEN: VALUE } });
  assert.equal(answer.code, "value-in-arguments");
  assert.ok(!traces.includes(VALUE));
});

for (const [what, args] of Object.entries({
  "the description": { name: "A", source: GENERATE, description: `the key ${TEST_KEY}` },
  "a tag": { name: "A", source: GENERATE, tags: [TEST_KEY] },
  "the command that prints it": { name: "A", source: { kind: "command", command: `echo ${TEST_KEY}` } },
})) {
  test(`S62 what looks like a credential in ${what} of a new secret is refused`, async () => {
    const { answer, traces } = await refused("vault_create_secret", args);
    assert.equal(answer.code, "value-in-arguments");
    assert.ok(!traces.includes(TEST_KEY));
  });
}

test("an unknown argument is refused by its name", async () => {
  const { answer } = await refused("vault_run", { command: "true", shell: "bash" });
  assert.equal(answer.code, "argument-invalid");
  assert.match(answer.text, /shell/);
});

test("an argument of the wrong type is refused without what was given", async () => {
  const { answer, traces } = await refused("vault_run", { command: { run: VALUE } });
  assert.equal(answer.code, "argument-invalid");
  assert.match(answer.text, /^argument-invalid: command: .*input schema of vault_run/);
  assert.ok(!traces.includes(VALUE));
});

test("a call without arguments says which one is missing", async () => {
  const { answer } = await refused("vault_run", {});
  assert.equal(answer.code, "argument-invalid");
  assert.match(answer.text, /command/);
});
