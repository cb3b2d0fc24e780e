import assert from "node:assert/strict";
import { test } from "node:test";
import { answerEvent } from "#cli/hook/answer-event.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { VaultError } from "#core/vault-error.ts";
import type { HookClientName } from "#mcp/client-setup/hooks.ts";

const VALUE = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
const MARK = "[redacted:vault]";
/** In parts, so that scanners of source code don't find it. */
const GITHUB_TOKEN = ["ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("_");

/** As a vault that holds `VALUE`. */
const unlocked = accessThat(async (_client, texts) => ({
  texts: texts.map((text) => (text.includes(VALUE) ? text.replaceAll(VALUE, MARK) : null)),
  unreadable: [],
}));

function accessThat(redact: VaultAccess["redact"]): VaultAccess {
  return { redact } as Partial<VaultAccess> as VaultAccess; // a hook calls nothing else
}

async function answer(client: HookClientName, event: unknown, vault: VaultAccess | undefined = unlocked) {
  const text = typeof event === "string" ? event : JSON.stringify(event);
  return answerEvent(client, text, { access: async () => vault, interceptMode: undefined });
}

test("Claude Code gets the output in its own shape, and keeps all of it that is no value", async () => {
  const file = { filePath: "/p/.env", content: `KEY=${VALUE}\n`, numLines: 2 };
  const event = { hook_event_name: "PostToolUse", tool_name: "Read", tool_response: { type: "text", file } };
  const { reply } = (await answer("claude", event)) as { reply: { hookSpecificOutput: Record<string, unknown> } };
  assert.equal(reply.hookSpecificOutput.hookEventName, "PostToolUse");
  assert.deepEqual(reply.hookSpecificOutput.updatedToolOutput, {
    type: "text",
    file: { ...file, content: `KEY=${MARK}\n` },
  });
});

test("Copilot gets a modified result", async () => {
  const toolResult = { resultType: "success", textResultForLlm: `KEY=${VALUE}` };
  const { reply } = await answer("copilot", { toolName: "view", toolResult });
  assert.deepEqual((reply as { modifiedResult: unknown }).modifiedResult, {
    resultType: "success",
    textResultForLlm: `KEY=${MARK}`,
  });
});

test("Codex and Gemini get the redacted output as the reason for which the real one is kept back", async () => {
  const codex = await answer("codex", { hook_event_name: "PostToolUse", tool_response: `KEY=${VALUE}\nB=2\n` });
  assert.match(JSON.stringify(codex.reply), /^\{"decision":"block","reason":".*KEY=\[redacted:vault\]\\nB=2\\n"\}$/);
  const parts = [{ text: `KEY=${VALUE}` }, { text: "B=2" }];
  const response = { llmContent: parts, returnDisplay: `KEY=${VALUE}` };
  const gemini = await answer("gemini", { hook_event_name: "AfterTool", tool_response: response });
  assert.match(JSON.stringify(gemini.reply), /^\{"decision":"deny","reason":".*KEY=\[redacted:vault\]\\nB=2"\}$/);
});

test("an output that shows nothing is left as it is, and so is every other event", async () => {
  for (const [client, event] of [
    ["claude", { hook_event_name: "PostToolUse", tool_response: { stdout: "ok" } }],
    ["claude", { hook_event_name: "PreToolUse", tool_input: { command: VALUE } }],
    ["copilot", { toolName: "view", toolResult: { resultType: "success", textResultForLlm: "ok" } }],
    ["copilot", { sessionId: "1" }],
    ["codex", { hook_event_name: "PostToolUse", tool_response: "ok" }],
    ["codex", { hook_event_name: "Stop" }],
    ["gemini", { hook_event_name: "AfterTool", tool_response: { llmContent: "ok" } }],
    ["gemini", { hook_event_name: "BeforeTool" }],
  ] as const) {
    assert.deepEqual(await answer(client, event), { reply: undefined, notes: [] });
  }
});

test("where a client shows the output of a tool that failed anyway, the person and the model are warned", async () => {
  const event = { hook_event_name: "PostToolUseFailure", error: `Exit code 1\nKEY=${VALUE}` };
  const { reply } = (await answer("claude", event)) as { reply: Record<string, unknown> };
  assert.match(String(reply.systemMessage), /can't hide it there/);
  const copilot = await answer("copilot", { toolName: "view", error: `no ${VALUE}` });
  assert.match(JSON.stringify(copilot.reply), /^\{"additionalContext":"OpaqueVault/);
  for (const each of [reply, copilot]) assert.ok(!JSON.stringify(each).includes(VALUE));
});

test("S356 with a locked vault the agent goes on, what looks like a credential is hidden, and it is said", async () => {
  const event = { hook_event_name: "PostToolUse", tool_response: { stdout: `KEY=${VALUE} ${GITHUB_TOKEN}` } };
  const ended = accessThat(async () => {
    throw new VaultError("agent-unreachable", "It has ended.");
  });
  for (const vault of [undefined, ended]) {
    const { reply, notes } = await answerEvent("claude", JSON.stringify(event), {
      access: async () => vault,
      interceptMode: undefined,
    });
    assert.match(JSON.stringify(reply), /\[redacted:rule:[^\]]+\]/);
    assert.ok(!JSON.stringify(reply).includes(GITHUB_TOKEN));
    assert.match(notes.join(), /vault is locked/);
  }
});

test("S356 where the way to the vault is not safe, it counts as locked, and why is said", async () => {
  const event = { hook_event_name: "PostToolUse", tool_response: "fine" };
  const { reply, notes } = await answerEvent("codex", JSON.stringify(event), {
    access: async () => {
      throw new VaultError("store-failed", "Others can read the folder.");
    },
    interceptMode: undefined,
  });
  assert.equal(reply, undefined);
  assert.match(notes.join(), /Others can read the folder.*vault is locked/s);
});

test("S357 an output that could not be looked at is withheld, in the client's shape, and the agent goes on", async () => {
  const broken = accessThat(async () => {
    throw new Error(`a bug that quotes ${VALUE}`);
  });
  const event = { hook_event_name: "PostToolUse", tool_response: { type: "text", stdout: `a ${VALUE} b` } };
  const { reply, notes } = await answer("claude", event, broken);
  assert.match(JSON.stringify(reply), /"type":"text","stdout":"\[OpaqueVault could not look at this output/);
  assert.ok(!JSON.stringify([reply, notes]).includes(VALUE));
  const large = { hook_event_name: "PostToolUse", tool_response: `${VALUE} ${"x".repeat(9 * 1024 * 1024)}` };
  const withheld = JSON.stringify((await answer("codex", large)).reply);
  assert.ok(withheld.length < 2000 && !withheld.includes(VALUE));
});

test("an event that is none, or is broken, stops nobody", async () => {
  for (const text of ["", "{", "null", "[]", "7"]) {
    const { reply } = await answer("claude", text);
    assert.equal(reply, undefined);
  }
});

test("a picture passes as it is", async () => {
  const base64 = `iVBORw0KGgo${"A".repeat(400)}`;
  const event = { hook_event_name: "PostToolUse", tool_response: { file: { base64 }, note: VALUE } };
  const { reply } = await answer("claude", event);
  assert.ok(JSON.stringify(reply).includes(base64));
});

test("an environment that can't be read is named to the person", async () => {
  const partly = accessThat(async (_client, texts) => ({ texts: texts.map(() => null), unreadable: ["shop/dev"] }));
  const { notes } = await answer("codex", { hook_event_name: "PostToolUse", tool_response: "x yz" }, partly);
  assert.match(notes.join(), /shop\/dev/);
});

test("in the mode that only warns, what looks like a credential passes", async () => {
  const event = JSON.stringify({ hook_event_name: "PostToolUse", tool_response: `b ${GITHUB_TOKEN}` });
  const deps = { access: async () => undefined, interceptMode: "warn" };
  assert.equal((await answerEvent("codex", event, deps)).reply, undefined);
});
