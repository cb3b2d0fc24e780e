import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Tool } from "@modelcontextprotocol/client";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { testDeps } from "./fixtures/test-deps.ts";

let linked: Linked;
let tools: readonly Tool[];
before(async () => {
  linked = await linkedClient(await testDeps(), "modern");
  tools = (await linked.client.listTools()).tools;
});
after(() => linked.close());

test("the server has the seven tools and no other", () => {
  assert.deepEqual(
    tools.map((tool) => tool.name),
    [
      "vault_run",
      "vault_inject_env",
      "vault_list_secrets",
      "vault_create_secret",
      "vault_update_secret",
      "vault_delete_secret",
      "vault_status",
    ],
  );
});

test("every tool has a title that reads well behind “Run”, annotations, both schemas, and is always loaded", () => {
  for (const tool of tools) {
    assert.match(tool.title ?? "", /^(?!Run)[A-Z]/);
    assert.equal(typeof tool.annotations?.readOnlyHint, "boolean");
    assert.equal(typeof tool.annotations?.destructiveHint, "boolean");
    assert.equal(tool.inputSchema.type, "object");
    assert.equal(tool.outputSchema?.type, "object");
    assert.equal(tool._meta?.["anthropic/alwaysLoad"], true);
  }
});

test("only the two tools that look say that they change nothing", () => {
  const reading = tools.filter((tool) => tool.annotations?.readOnlyHint === true).map((tool) => tool.name);
  assert.deepEqual(reading, ["vault_list_secrets", "vault_status"]);
});

test("vault_run has the arguments and results of the design", () => {
  const run = tools.find((tool) => tool.name === "vault_run")!;
  assert.deepEqual(Object.keys(run.inputSchema.properties ?? {}).sort(), [
    "app",
    "command",
    "cwd",
    "environment",
    "reason",
    "secrets",
    "stdin",
    "timeout_seconds",
  ]);
  assert.deepEqual(run.inputSchema.required, ["command"]);
  assert.deepEqual(Object.keys(run.outputSchema?.properties ?? {}).sort(), [
    "alarm",
    "duration_ms",
    "exit_code",
    "leak_scan_incomplete",
    "leak_scan_unread",
    "leaked_to_files",
    "placeholders",
    "redactions",
    "secrets_injected",
    "stderr",
    "stdout",
    "timed_out",
    "truncated",
  ]);
});

test("S60 no tool has an argument or a result for a value", () => {
  const names = new Set(
    JSON.stringify(tools.map((tool) => [tool.inputSchema, tool.outputSchema])).match(/"[a-z_]+":/g),
  );
  for (const name of ["value", "secret", "password", "token", "plaintext"]) assert.ok(!names.has(`"${name}":`), name);
});

test("no schema has a choice of objects, which several clients can't show a model", () => {
  const schemas = JSON.stringify(tools.map((tool) => tool.inputSchema));
  assert.ok(!schemas.includes("oneOf"));
  assert.ok(!schemas.includes("allOf"));
});
