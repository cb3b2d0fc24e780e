import assert from "node:assert/strict";
import { realpath } from "node:fs/promises";
import { afterEach, test } from "node:test";
import type { ElicitResult } from "@modelcontextprotocol/client";
import type { Agent } from "#mcp/agent-request.ts";
import { forwardTo } from "#mcp/attach.ts";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, type FakeVault, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { type TestSocket, testSocket } from "./fixtures/socket-server.ts";
import { testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
const open: TestSocket[] = [];
afterEach(async () => {
  await linked?.close();
  linked = undefined;
  await Promise.all(open.splice(0).map((socket) => socket.close()));
});

async function agentWith(vault: FakeVault): Promise<TestSocket> {
  const socket = await testSocket({ vault });
  open.push(socket);
  return socket;
}

/** A process on stdio that holds no vault and attaches to `current.agent`. */
async function attached(
  era: "modern" | "old",
  current: { agent: Agent | undefined },
  answer?: () => ElicitResult,
  environment: Record<string, string | undefined> = { PATH: process.env.PATH },
) {
  const here = fakeVault({});
  const deps = await testDeps({ vault: here, overrides: { access: async () => undefined } });
  const place = { ...deps.place, environment };
  const forward = forwardTo(async () => current.agent);
  const options = answer === undefined ? {} : { capabilities: { elicitation: { form: {} } } };
  linked = await linkedClient({ ...deps, place, forward }, era, options);
  if (answer !== undefined) linked.client.setRequestHandler("elicitation/create", answer);
  return { client: linked.client, deps, here };
}

const RUN = { command: "echo $STRIPE_KEY", secrets: ["STRIPE_KEY"] };
const until = async (isDone: () => boolean) => {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
};

for (const era of ["modern", "old"] as const) {
  test(`a call is answered by the agent, in the folder and with the PATH of the client (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS, { approvesAll: true });
    const agent = await agentWith(vault);
    const environment = { PATH: `/of/the/client:${process.env.PATH}`, AWS_SESSION_TOKEN: "not-to-be-inherited" };
    const { client, deps } = await attached(era, { agent }, undefined, environment);
    const answer = await answerOf(client, "vault_run", {
      command: "pwd; echo $PATH $AWS_SESSION_TOKEN; echo $STRIPE_KEY",
    });
    const lines = String(answer.data.stdout).split("\n");
    assert.equal(lines[0], await realpath(deps.place.cwd));
    assert.equal(lines[1], environment.PATH);
    assert.equal(lines[2], "[redacted:STRIPE_KEY]");
    assert.ok(!answer.json.includes(STRIPE));
    assert.deepEqual(vault.calls, ["lease", "settle ended"]);
  });

  test(`an approval is asked of the client behind the attached process (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS);
    let asked = 0;
    const { client } = await attached(era, { agent: await agentWith(vault) }, () => {
      asked++;
      return { action: "accept", content: { decision: "Approve once" } };
    });
    const answer = await answerOf(client, "vault_run", RUN);
    assert.equal(answer.data.stdout, "[redacted:STRIPE_KEY]\n", answer.json);
    assert.equal(asked, 1);
  });

  test(`a client without forms gets approval-required with the agent's id (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS);
    const { client } = await attached(era, { agent: await agentWith(vault) });
    const answer = await answerOf(client, "vault_run", RUN);
    assert.equal(answer.code, "approval-required");
    vault.approvals.answer(/ov approve ([0-9a-f]{8})/.exec(answer.text)![1]!, "once");
    assert.equal((await answerOf(client, "vault_run", RUN)).data.exit_code, 0);
  });

  test(`without an agent calls answer vault-locked, and work when one comes, goes and comes again (${era} protocol)`, async () => {
    const current: { agent: Agent | undefined } = { agent: undefined };
    const { client } = await attached(era, current);
    assert.equal((await client.listTools()).tools.length, 7);
    assert.equal((await answerOf(client, "vault_run", RUN)).code, "vault-locked");
    assert.equal((await answerOf(client, "vault_status")).data.state, "locked");
    for (let times = 0; times < 2; times++) {
      const agent = await testSocket({ vault: fakeVault(CONTENTS, { approvesAll: true }) });
      current.agent = agent;
      assert.equal((await answerOf(client, "vault_run", RUN)).data.exit_code, 0);
      await agent.close();
      // The address is still known, but nobody listens there.
      assert.equal((await answerOf(client, "vault_run", RUN)).code, "vault-locked");
    }
  });

  test(`cancelling at the client ends the command at the agent (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS, { approvesAll: true });
    const { client } = await attached(era, { agent: await agentWith(vault) });
    const abort = new AbortController();
    const call = client.callTool({ name: "vault_run", arguments: { command: "sleep 600" } }, { signal: abort.signal });
    const rejected = assert.rejects(call);
    await until(() => vault.openLeases.size > 0);
    abort.abort();
    await rejected;
    await until(() => vault.openLeases.size === 0);
    assert.deepEqual(vault.calls, ["lease", "settle cancelled"]);
  });

  test(`the end of the client ends its command at the agent (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS, { approvesAll: true });
    const { client } = await attached(era, { agent: await agentWith(vault) });
    client.callTool({ name: "vault_run", arguments: { command: "sleep 600" } }).catch(() => {});
    await until(() => vault.openLeases.size > 0);
    await linked!.close();
    linked = undefined;
    await until(() => vault.openLeases.size === 0);
  });
}

test("an agent that dies in the middle of a call is an error that says what may have happened", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const agent = await testSocket({ vault });
  const { client } = await attached("modern", { agent });
  const call = answerOf(client, "vault_run", { command: "sleep 600" });
  await until(() => vault.openLeases.size > 0);
  await agent.close();
  const { code } = await call;
  assert.ok(code === "agent-unreachable" || code === "cancelled", code);
});

test("an agent with another key is an error with the next step", async () => {
  const agent = await agentWith(fakeVault(CONTENTS));
  const { client } = await attached("modern", { agent: { address: agent.address, nonce: "another" } });
  const answer = await answerOf(client, "vault_run", RUN);
  assert.equal(answer.code, "agent-unreachable");
  assert.match(answer.text, /ov unlock/);
});

test("S67 a client's place is taken from our own process only over the socket, and is checked there", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const deps = await testDeps({ vault });
  linked = await linkedClient(deps, "modern");
  const result = await linked.client.callTool({
    name: "vault_run",
    arguments: { command: "pwd" },
    _meta: { "opaquevault/place": { cwd: "/", environment: { PATH: "/evil" } } },
  });
  assert.equal((result.structuredContent as { stdout: string }).stdout, `${deps.place.cwd}\n`);
  const agent = await agentWith(vault);
  const forward = forwardTo(async () => agent);
  const client = { name: "x", capabilities: undefined, modern: true };
  const call = { tool: "vault_run", args: { command: "pwd" }, client, state: undefined, responses: undefined };
  const answer = await forward({ ...call, place: { cwd: "relative", environment: {} } }, new AbortController().signal);
  assert.match(JSON.stringify(answer), /argument-invalid/);
});

test("S61 a value in the arguments is refused before it is handed to an agent", async () => {
  const agent = await agentWith(fakeVault(CONTENTS, { approvesAll: true }));
  let forwarded = false;
  const deps = await testDeps({
    overrides: {
      forward: async (call, signal) => {
        forwarded = true;
        return forwardTo(async () => agent)(call, signal);
      },
    },
  });
  linked = await linkedClient(deps, "modern");
  const answer = await answerOf(linked.client, "vault_create_secret", { name: "A", value: "x" });
  assert.equal(answer.code, "value-in-arguments");
  assert.equal(forwarded, false);
});

test("a shell at the agent ends with the client that opened it", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const agent = await agentWith(vault);
  const { client } = await attached("modern", { agent });
  const opened = await answerOf(client, "vault_inject_env", { shell: "bash", secrets: ["STRIPE_KEY"] });
  const { session_id } = opened.data;
  const typed = await answerOf(client, "vault_inject_env", { session_id, input: "echo $STRIPE_KEY" });
  assert.equal(typed.data.output, "[redacted:STRIPE_KEY]\n", typed.json);
  assert.equal(agent.deps.shells.list().length, 1);
  await linked!.close();
  linked = undefined;
  assert.equal(agent.deps.shells.list().length, 0);
  assert.equal(vault.openLeases.size, 0);
});

test("an answer goes to the process that asked, also when an agent has come since", async () => {
  const current: { agent: Agent | undefined } = { agent: undefined };
  const here = fakeVault(CONTENTS);
  const deps = await testDeps({ vault: here, overrides: { forward: forwardTo(async () => current.agent) } });
  linked = await linkedClient(deps, "modern", { capabilities: { elicitation: { form: {} } } });
  linked.client.setRequestHandler("elicitation/create", async () => {
    current.agent = await agentWith(fakeVault(CONTENTS));
    return { action: "accept", content: { decision: "Approve once" } };
  });
  assert.equal((await answerOf(linked.client, "vault_run", RUN)).data.exit_code, 0);
  assert.deepEqual(here.calls, ["lease", "settle ended"]);
});

test("S382 another attached process that takes the client's name is asked about again", async () => {
  const agent = await agentWith(fakeVault(CONTENTS));
  const deps = await testDeps({ vault: fakeVault({}), overrides: { access: async () => undefined } });
  let asked = 0;
  const runBy = async (session: string | undefined) => {
    const place = { ...deps.place, ...(session === undefined ? {} : { session }) };
    const served = { ...deps, place, forward: forwardTo(async () => agent) };
    linked = await linkedClient(served, "modern", { capabilities: { elicitation: { form: {} } } });
    linked.client.setRequestHandler("elicitation/create", () => {
      asked++;
      return { action: "accept", content: { decision: "Approve this exact command for this session" } };
    });
    assert.equal((await answerOf(linked.client, "vault_run", RUN)).data.exit_code, 0);
    await linked.close();
    return asked;
  };
  assert.deepEqual([await runBy("one"), await runBy("one")], [1, 1]);
  assert.deepEqual([await runBy("two"), await runBy(undefined), await runBy("one")], [2, 3, 3]);
});
