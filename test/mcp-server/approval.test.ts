import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { ElicitRequestFormParams, ElicitResult } from "@modelcontextprotocol/client";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { SuspendedCalls } from "#mcp/suspended-calls.ts";

import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { testDeps } from "./fixtures/test-deps.ts";

type Form = ElicitRequestFormParams;
type Person = (form: Form) => ElicitResult | Promise<ElicitResult>;

const choose =
  (decision: string): Person =>
  () => ({ action: "accept", content: { decision } });

const ERAS = ["modern", "old"] as const;
let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

interface Setting {
  readonly person?: Person;
  readonly overrides?: Partial<ServerDeps>;
}

async function connect(era: (typeof ERAS)[number], { person, overrides = {} }: Setting) {
  const vault = fakeVault(CONTENTS);
  const forms: Form[] = [];
  const deps = await testDeps({ vault, overrides });
  linked = await linkedClient(deps, era, person === undefined ? {} : { capabilities: { elicitation: { form: {} } } });
  if (person !== undefined) {
    linked.client.setRequestHandler("elicitation/create", (request) => {
      const form = request.params as Form;
      forms.push(form);
      return person(form);
    });
  }
  return { client: linked.client, vault, forms, deps };
}

const RUN = { command: "echo $STRIPE_KEY", secrets: ["STRIPE_KEY"] };
const choicesOf = (form: Form): readonly string[] => {
  const decision = form.requestedSchema.properties.decision as { enum?: string[] } | undefined;
  return decision?.enum ?? [];
};

for (const era of ERAS) {
  test(`a person approves once in the client's form, and is asked again the next time (${era} protocol)`, async () => {
    const { client, vault, forms } = await connect(era, { person: choose("Approve once") });
    const first = await answerOf(client, "vault_run", { ...RUN, reason: "to see it" });
    assert.equal(first.data.stdout, "[redacted:STRIPE_KEY]\n");
    await answerOf(client, "vault_run", RUN);
    assert.equal(forms.length, 2);
    const { message } = forms[0]!;
    for (const part of ["shop/dev", "echo $STRIPE_KEY", "STRIPE_KEY", "test-client 1.2", "to see it"]) {
      assert.ok(message.includes(part), `${part} is shown`);
    }
    assert.equal(vault.openLeases.size, 0);
  });

  test(`an approval of this exact command holds for that command only (${era} protocol)`, async () => {
    const { client, forms } = await connect(era, { person: choose("Approve this exact command for this session") });
    await answerOf(client, "vault_run", RUN);
    await answerOf(client, "vault_run", RUN);
    assert.equal(forms.length, 1);
    await answerOf(client, "vault_run", { ...RUN, command: "echo $STRIPE_KEY > file" });
    assert.equal(forms.length, 2);
  });

  test(`a person's no is told to the model, and nothing was read (${era} protocol)`, async () => {
    const { client, vault } = await connect(era, { person: choose("Deny") });
    const answer = await answerOf(client, "vault_run", RUN);
    assert.equal(answer.code, "denied-by-user");
    assert.equal(vault.openLeases.size, 0);
  });

  for (const action of ["decline", "cancel"] as const) {
    test(`S63 a client that answers “${action}” by itself ends as approval-required with the next step (${era} protocol)`, async () => {
      const { client } = await connect(era, { person: () => ({ action }) });
      const answer = await answerOf(client, "vault_run", RUN);
      assert.equal(answer.code, "approval-required");
      assert.match(answer.text, /"ov approve [0-9a-f]{8}"/);
    });
  }

  test(`S63 an answer that was not offered is no approval (${era} protocol)`, async () => {
    const { client } = await connect(era, { person: choose("Approve every command forever") });
    assert.equal((await answerOf(client, "vault_run", RUN)).code, "approval-required");
  });

  test(`S63 a client without forms gets approval-required at once, and the call works after ov approve (${era} protocol)`, async () => {
    const { client, vault } = await connect(era, {});
    const answer = await answerOf(client, "vault_run", RUN);
    assert.equal(answer.code, "approval-required");
    const id = /ov approve ([0-9a-f]{8})/.exec(answer.text)![1]!;
    await vault.access.answer(id, "once");
    assert.equal((await answerOf(client, "vault_run", RUN)).data.exit_code, 0);
    assert.equal((await answerOf(client, "vault_run", RUN)).code, "approval-required");
  });

  test(`S64 production offers no approval that lasts (${era} protocol)`, async () => {
    const { client, forms } = await connect(era, { person: choose("Approve once") });
    const answer = await answerOf(client, "vault_run", { ...RUN, environment: "production" });
    assert.equal(answer.data.exit_code, 0);
    assert.deepEqual(choicesOf(forms[0]!), ["Deny", "Approve once"]);
    assert.match(forms[0]!.message, /\(production\)/);
  });

  test(`S65 control and direction characters of an agent are spelled out in the form (${era} protocol)`, async () => {
    const { client, forms } = await connect(era, { person: choose("Deny") });
    const reason = "fine\u001b[2K\nSecrets: none\u202e";
    await answerOf(client, "vault_run", { ...RUN, command: "curl evil #\u202e\u001b[1A\r safe", reason });
    const { message } = forms[0]!;
    assert.doesNotMatch(message, /[^\P{C}\n]/u);
    assert.match(message, /curl evil #\\u\{202e\}\\u\{1b\}\[1A\\u\{d\} safe/);
    assert.equal(message.split("\n").filter((line) => line.startsWith("Secrets:")).length, 1);
  });

  test(`S65 a command too long for a form is not approved in one (${era} protocol)`, async () => {
    const { client, forms } = await connect(era, { person: choose("Approve once") });
    const answer = await answerOf(client, "vault_run", { ...RUN, command: `true ${"x".repeat(5000)}` });
    assert.equal(answer.code, "approval-required");
    assert.equal(forms.length, 0);
  });

  test(`this process's own dialog comes before the client's form (${era} protocol)`, async () => {
    const { client, forms } = await connect(era, {
      person: choose("Deny"),
      overrides: { newAsk: () => async () => "once" },
    });
    assert.equal((await answerOf(client, "vault_run", RUN)).data.exit_code, 0);
    assert.equal(forms.length, 0);
  });

  test(`where this process's own dialog finds nobody, the client's form is shown (${era} protocol)`, async () => {
    const { client, forms } = await connect(era, {
      person: choose("Approve once"),
      overrides: { newAsk: () => async () => undefined },
    });
    assert.equal((await answerOf(client, "vault_run", RUN)).data.exit_code, 0);
    assert.equal(forms.length, 1);
  });
}

interface Question {
  readonly resultType?: string;
  readonly requestState: string;
}

/** Calls without fulfilling the question, as a client of one's own making could. */
async function rawCall(
  client: Linked["client"],
  params: Record<string, unknown>,
): Promise<Question & { isError?: boolean }> {
  const result = await client.callTool(params as { name: string }, { allowInputRequired: true });
  return result as unknown as Question & { isError?: boolean }; // the SDK types only complete results
}

const APPROVED = { approval: { action: "accept", content: { decision: "Approve once" } } };

async function suspended(vaultArgs: Record<string, unknown> = RUN) {
  const { client, vault } = await connect("modern", { person: choose("Approve once") });
  const question = await rawCall(client, { name: "vault_run", arguments: vaultArgs });
  assert.equal(question.resultType, "input_required");
  return { client, vault, state: question.requestState };
}

test("S66 an answer may not change the call that it is for", async () => {
  const { client, vault, state } = await suspended();
  const other = { ...RUN, command: "env > /tmp/stolen" };
  const result = await rawCall(client, {
    name: "vault_run",
    arguments: other,
    requestState: state,
    inputResponses: APPROVED,
  });
  assert.equal(result.isError, true);
  assert.equal(vault.openLeases.size, 0);
  assert.deepEqual(vault.calls, ["lease"], "the first call still waits, and no other began");
});

test("S63 a client that shows a form without end gets approval-required in time (old protocol)", async () => {
  const { client } = await connect("old", {
    person: () => new Promise(() => {}),
    overrides: { suspended: new SuspendedCalls(40) },
  });
  assert.equal((await answerOf(client, "vault_run", RUN)).code, "approval-required");
});

test("S63 a yes that comes too late is no approval, and the model learns the next step", async () => {
  const { client, vault } = await connect("modern", {
    person: choose("Approve once"),
    overrides: { suspended: new SuspendedCalls(40) },
  });
  const { requestState } = await rawCall(client, { name: "vault_run", arguments: RUN });
  while (vault.approvals.pending().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const late = await rawCall(client, { name: "vault_run", arguments: RUN, requestState, inputResponses: APPROVED });
  assert.match(JSON.stringify(late), /approval-required.*ov approve/);
});

test("S66 an answer is good for one use", async () => {
  const { client, state } = await suspended();
  const again = { name: "vault_run", arguments: RUN, requestState: state, inputResponses: APPROVED };
  assert.ok(!(await rawCall(client, again)).isError);
  const second = await rawCall(client, again);
  assert.equal(second.isError, true);
  assert.ok(!JSON.stringify(second).includes(STRIPE));
});

test("S66 an approval that nobody asked for is no approval", async () => {
  const { client } = await connect("modern", { person: choose("Approve once") });
  const forged = { name: "vault_run", arguments: RUN, requestState: "0".repeat(32), inputResponses: APPROVED };
  assert.equal((await rawCall(client, forged)).isError, true);
  const unasked = await rawCall(client, { name: "vault_run", arguments: RUN, inputResponses: APPROVED });
  assert.equal(unasked.resultType, "input_required");
});

test("a call that waits for a person ends with its connection", async () => {
  const { vault } = await suspended();
  await linked!.close();
  linked = undefined;
  assert.equal(vault.openLeases.size, 0);
  assert.deepEqual(vault.calls, ["lease"]);
});

test("a .ov.yaml that chose the context is shown with the approval", async () => {
  const { client, forms, deps } = await connect("modern", { person: choose("Approve once") });
  const { writeFile } = await import("node:fs/promises");
  await writeFile(`${deps.place.cwd}/.ov.yaml`, "app: shop\nenvironment: dev\nsecrets: [STRIPE_KEY]\n");
  const answer = await answerOf(client, "vault_run", { command: "true" });
  assert.deepEqual(answer.data.secrets_injected, ["STRIPE_KEY"]);
  assert.match(forms[0]!.message, /\.ov\.yaml applies here, and is new/);
  assert.match(forms[0]!.message, /^\| environment: dev$/m);
});
