import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function start() {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  linked = await linkedClient(await testDeps({ vault }), "modern");
  return { client: linked.client, vault };
}

test("S366 vault_run tells the model what was evasive, and that nothing stays approved", async () => {
  const { client, vault } = await start();
  const answer = await answerOf(client, "vault_run", { command: "echo $STRIPE_KEY | rev" });
  const alarm = { environment_dumped: false, evasive: ["STRIPE_KEY"], approvals_ended: true };
  assert.deepEqual(answer.data.alarm, alarm);
  assert.match(answer.text, /WARNING: the command printed STRIPE_KEY in a form that hides a value/);
  assert.match(answer.text, /every standing approval of this environment has ended/);
  assert.deepEqual(vault.outcomes[0]?.alarm, { dumped: false, evasive: ["STRIPE_KEY"] });
  assert.ok(!answer.json.includes([...STRIPE].reverse().join("")));
});

test("S365 vault_run tells the model of a dump, and counts no secret that it doesn't know", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_run", { command: "env", secrets: ["STRIPE_KEY"] });
  assert.deepEqual(answer.data.alarm, { environment_dumped: true, evasive: [], approvals_ended: true });
  assert.match(answer.text, /WARNING: the command printed its whole environment/);
  assert.deepEqual(answer.data.redactions, { STRIPE_KEY: 1 });
  assert.deepEqual(answer.data.secrets_injected, ["STRIPE_KEY"]);
});

test("S365 a shell tells it when it ends", async () => {
  const { client } = await start();
  const opened = await answerOf(client, "vault_inject_env", { shell: "sh" });
  const session = { session_id: String(opened.data.session_id) };
  await answerOf(client, "vault_inject_env", { ...session, input: "env; echo $STRIPE_KEY | rev" });
  const ended = await answerOf(client, "vault_inject_env", { ...session, close: true });
  assert.deepEqual(ended.data.alarm, { environment_dumped: true, evasive: ["STRIPE_KEY"], approvals_ended: true });
  assert.match(ended.text, /WARNING/);
});

test("a command that prints a value in passing says nothing of it", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_run", { command: "echo $STRIPE_KEY; set | grep ^STRIPE" });
  assert.ok(!("alarm" in answer.data));
  assert.ok(!answer.text.includes("WARNING"));
});
