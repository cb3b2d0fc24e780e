import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { LeakNotice } from "#mcp/server-deps.ts";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, DEV, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function start() {
  const told: LeakNotice[] = [];
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const deps = await testDeps({ vault, overrides: { onLeaked: (leak) => told.push(leak) } });
  linked = await linkedClient(deps, "modern");
  return { client: linked.client, deps, told };
}

test("S102 vault_run names the files in which a command left values, to the model and to the person, without values", async () => {
  const { client, deps, told } = await start();
  const answer = await answerOf(client, "vault_run", {
    command: 'echo "$STRIPE_KEY" > out.env; touch "x-$STRIPE_KEY"',
  });
  const files = [
    { path: "out.env", names: ["STRIPE_KEY"] },
    { path: "x-[redacted:STRIPE_KEY]", names: ["STRIPE_KEY"] },
  ];
  assert.deepEqual(answer.data.leaked_to_files, files);
  assert.match(answer.text, /WARNING: the command left values .*\n {2}out\.env: STRIPE_KEY/);
  assert.ok(!answer.json.includes(STRIPE));
  assert.deepEqual(told, [{ context: DEV, cwd: deps.place.cwd, files }]);
  assert.deepEqual(deps.lines, ["leaked-to-files 2"]);
});

test("S395 vault_run names the files that could not be looked into, and values in their names are not shown", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_run", {
    command: 'printf "BZh91AY&SY..." > data.bz2; cp data.bz2 "x-$STRIPE_KEY"',
  });
  assert.equal(answer.data.leak_scan_incomplete, "unreadable");
  assert.deepEqual(answer.data.leak_scan_unread, ["data.bz2", "x-[redacted:STRIPE_KEY]"]);
  assert.match(answer.text, /not looked into: data\.bz2\n/);
  assert.ok(!answer.json.includes(STRIPE));
});

test("a command that leaves nothing says nothing of files", async () => {
  const { client, told } = await start();
  const answer = await answerOf(client, "vault_run", { command: "echo $STRIPE_KEY; echo fine > out.txt" });
  assert.ok(!("leaked_to_files" in answer.data));
  assert.ok(!("leak_scan_incomplete" in answer.data));
  assert.ok(!answer.text.includes("WARNING"));
  assert.deepEqual(told, []);
});

test("S102 a shell that is closed, or that ends by itself, names the files in which it left values", async () => {
  const { client, told } = await start();
  for (const end of [{ close: true }, { input: "exit" }]) {
    const opened = await answerOf(client, "vault_inject_env", { shell: "sh" });
    const session = { session_id: String(opened.data.session_id) };
    await answerOf(client, "vault_inject_env", { ...session, input: 'echo "$STRIPE_KEY" > from-shell.env' });
    const ended = await answerOf(client, "vault_inject_env", { ...session, ...end });
    assert.equal(ended.data.state, "ended");
    assert.deepEqual(ended.data.leaked_to_files, [{ path: "from-shell.env", names: ["STRIPE_KEY"] }]);
    assert.match(ended.text, /WARNING/);
  }
  assert.equal(told.length, 2);
});
