import assert from "node:assert/strict";
import { once } from "node:events";
import { access } from "node:fs/promises";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, test } from "node:test";
import { serveStdio } from "#mcp/serve-stdio.ts";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, type FakeVault, fakeVault } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { type TestDeps, testDeps } from "./fixtures/test-deps.ts";

/** A client of bytes: writes lines, and reads the messages that come back. */
class RawClient {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly messages: Record<string, unknown>[] = [];
  readonly ended: Promise<void>;

  constructor(deps: TestDeps) {
    let rest = "";
    this.output.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("utf8")).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.messages.push(JSON.parse(line) as Record<string, unknown>);
      this.output.emit("messages");
    });
    this.ended = serveStdio(deps, this.input, this.output);
  }

  write(message: unknown): void {
    this.input.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
  }

  async next(isWanted: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const index = this.messages.findIndex(isWanted);
      if (index >= 0) return this.messages.splice(index, 1)[0]!;
      await once(this.output, "messages");
    }
  }

  async initialize(): Promise<void> {
    const clientInfo = { name: "raw", version: "1" };
    const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
    this.write({ jsonrpc: "2.0", id: "init", method: "initialize", params });
    await this.next((message) => message.id === "init");
    this.write({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  /** The server still answers. */
  async ping(): Promise<void> {
    this.write({ jsonrpc: "2.0", id: "ping", method: "ping" });
    await this.next((message) => message.id === "ping");
  }

  async close(): Promise<void> {
    this.input.end();
    await this.ended;
  }
}

let raw: RawClient | undefined;
let linked: Linked | undefined;
afterEach(async () => {
  await raw?.close();
  await linked?.close();
  raw = linked = undefined;
});

async function rawClient(vault: FakeVault = fakeVault(CONTENTS, { approvesAll: true })) {
  const deps = await testDeps({ vault });
  raw = new RawClient(deps);
  await raw.initialize();
  return { raw, deps, vault };
}

const codeOf = (message: Record<string, unknown>) => (message.error as { code: number } | undefined)?.code;
const isError = (message: Record<string, unknown>) => "error" in message;

test("a line that is not JSON is answered with a parse error, and the server goes on", async () => {
  const { raw } = await rawClient();
  for (const line of ["{", "hello", '{"jsonrpc": "2.0", "id": 1', "\u0000\u0001", "[1,", "\ufffd"]) {
    raw.write(line);
    assert.equal(codeOf(await raw.next(isError)), -32700, line);
  }
  raw.input.write(Buffer.from([0xff, 0xfe, 0x0a]));
  assert.equal(codeOf(await raw.next(isError)), -32700);
  await raw.ping();
});

test("JSON that is no JSON-RPC is answered by its id, and the server goes on", async () => {
  const { raw } = await rawClient();
  for (const message of [
    { jsonrpc: "1.0", id: 7, method: "ping" },
    { id: 7, method: "ping" },
    { jsonrpc: "2.0", id: 7, method: 5 },
    { jsonrpc: "2.0", id: 7 },
  ]) {
    raw.write(message);
    const answer = await raw.next((each) => each.id === 7);
    assert.equal(codeOf(answer), -32600, JSON.stringify(message));
  }
  for (const message of [
    [],
    [{ jsonrpc: "2.0", id: 1, method: "ping" }],
    "5",
    "null",
    { jsonrpc: "2.0", id: null, method: "ping" },
  ]) {
    raw.write(message);
    assert.equal(codeOf(await raw.next(isError)), -32600, JSON.stringify(message));
  }
  await raw.ping();
});

test("empty lines and Windows line ends are no errors", async () => {
  const { raw } = await rawClient();
  raw.input.write('\n\r\n   \n{"jsonrpc":"2.0","id":"crlf","method":"ping"}\r\n');
  await raw.next((message) => message.id === "crlf");
  assert.deepEqual(raw.messages, []);
});

test("a message of more than 4 MiB is answered by its id, kept nowhere, and the server goes on", async () => {
  const { raw } = await rawClient();
  const command = "x".repeat(5 * 1024 * 1024);
  const params = { name: "vault_run", arguments: { command } };
  raw.write({ method: "tools/call", params, jsonrpc: "2.0", id: 42 });
  const answer = await raw.next((message) => message.id === 42);
  assert.equal(codeOf(answer), -32600);
  raw.write({ jsonrpc: "2.0", id: 43, method: "tools/call", params });
  assert.equal(codeOf(await raw.next(isError)), -32600);
  await raw.ping();
});

test("an id inside of a text is not taken for the id of a message that is too long", async () => {
  const { raw } = await rawClient();
  raw.write(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${"y".repeat(5 * 1024 * 1024)}\\"id\\":9}"}}`);
  assert.equal((await raw.next(isError)).id, undefined);
});

test("a message that comes byte by byte is put together", async () => {
  const { raw } = await rawClient();
  for (const byte of Buffer.from('{"jsonrpc":"2.0","id":"slow ü","method":"ping"}\n'))
    raw.input.write(Buffer.from([byte]));
  await raw.next((message) => message.id === "slow ü");
});

test("unknown methods and tools, and parameters of the wrong type, are errors, and the server goes on", async () => {
  const { raw } = await rawClient();
  const answers: Record<string, number | undefined> = {};
  for (const [what, message] of Object.entries({
    method: { method: "vault/reveal" },
    tool: { method: "tools/call", params: { name: "vault_reveal_secret", arguments: {} } },
    prototype: { method: "tools/call", params: { name: "__proto__", arguments: {} } },
    name: { method: "tools/call", params: { name: 5 } },
    params: { method: "tools/call", params: "all" },
    missing: { method: "tools/call" },
  })) {
    raw.write({ jsonrpc: "2.0", id: what, ...message });
    answers[what] = codeOf(await raw.next((each) => each.id === what || isError(each)));
  }
  assert.deepEqual(answers, {
    method: -32601,
    tool: -32602,
    prototype: -32602,
    name: -32602,
    params: -32600,
    missing: -32602,
  });
  await raw.ping();
});

test("a request before the handshake is answered, and the server goes on", async () => {
  raw = new RawClient(await testDeps());
  raw.write({ jsonrpc: "2.0", id: 1, result: {} });
  raw.write({ jsonrpc: "2.0", id: 5, method: "tools/list" });
  await raw.next((message) => message.id === 5);
  await raw.ping();
});

const gone = async (file: string) =>
  access(file).then(
    () => false,
    () => true,
  );

/** A command that shows by a file that it runs, and would remove it only at its own end. */
const RUNNING = "touch running; sleep 600; rm running";

async function untilRunning(deps: TestDeps): Promise<void> {
  while (await gone(path.join(deps.place.cwd, "running"))) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("the end of the input ends every run, and nothing of it is left", async () => {
  const { raw: client, deps, vault } = await rawClient();
  client.write({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "vault_run", arguments: { command: RUNNING } },
  });
  await untilRunning(deps);
  await client.close();
  assert.deepEqual(vault.calls, ["lease", "settle cancelled"]);
  assert.equal(await gone(path.join(deps.place.cwd, "running")), false, "it was ended, not finished");
});

for (const era of ["modern", "old"] as const) {
  test(`a call that the client cancels is ended (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS, { approvesAll: true });
    const deps = await testDeps({ vault });
    linked = await linkedClient(deps, era);
    const abort = new AbortController();
    const call = linked.client.callTool(
      { name: "vault_run", arguments: { command: RUNNING } },
      { signal: abort.signal },
    );
    const rejected = assert.rejects(call);
    await untilRunning(deps);
    abort.abort();
    await rejected;
    while (vault.openLeases.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(vault.calls, ["lease", "settle cancelled"]);
    assert.equal((await answerOf(linked.client, "vault_run", { command: "echo on" })).data.stdout, "on\n");
  });

  test(`progress is told while a command runs, and holds nothing of its output (${era} protocol)`, async () => {
    const deps = await testDeps({ vault: fakeVault(CONTENTS, { approvesAll: true }) });
    linked = await linkedClient(deps, era);
    const told: unknown[] = [];
    await linked.client.callTool(
      { name: "vault_run", arguments: { command: "echo chatter; sleep 2.5" } },
      { onprogress: (progress) => told.push(progress) },
    );
    assert.ok(told.length >= 1);
    assert.ok(!JSON.stringify(told).includes("chatter"));
  });
}

test("a client that stops reading and goes away is no crash", async () => {
  const { raw: client } = await rawClient();
  client.output.destroy(new Error("EPIPE"));
  await client.ended;
});
