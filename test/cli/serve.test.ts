import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { approveAll } from "./fixtures/agent.ts";
import { type Home, newVault, OV, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";
const RUN = {
  name: "vault_run",
  arguments: { command: ["sh", "-c", "echo value=$KEY"], app: "shop", environment: "dev" },
};

/** An AI agent's client, with pipes for all three streams. */
async function connect(t: TestContext, home: Home, env: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client({ name: "test-agent", version: "1" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [OV, "mcp", "serve"],
    env: { ...home.env, ...env },
    cwd: home.project,
    stderr: "pipe",
  });
  await client.connect(transport);
  t.after(() => client.close());
  return client;
}

async function call(
  client: Client,
  request: typeof RUN,
): Promise<{ readonly isError: boolean; readonly text: string }> {
  const result = await client.callTool(request);
  return { isError: result.isError === true, text: JSON.stringify(result) };
}

async function vaultWithKey(t: TestContext): Promise<Home> {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  return home;
}

test("a locked vault is served all the same, says so at once, and opens with ov unlock", async (t) => {
  const home = await vaultWithKey(t);
  const client = await connect(t, home);
  assert.equal((await client.listTools()).tools.length, 7);
  const locked = await call(client, RUN);
  assert.ok(locked.isError);
  assert.match(locked.text, /vault-locked/);

  await home.ov(["unlock"]);
  const asked = await call(client, RUN);
  assert.match(asked.text, /approval-required/);
  await approveAll(home, "shop", "dev");
  const run = await call(client, RUN);
  assert.match(run.text, /value=\[redacted:KEY\]/);
  assert.ok(!run.text.includes(VALUE));

  await home.ov(["lock"]);
  assert.match((await call(client, RUN)).text, /vault-locked/);
});

test("with OV_ASKPASS the server opens the vault itself, and other programs find it there until the client goes", async (t) => {
  const home = await vaultWithKey(t);
  const client = await connect(t, home, { OV_ASKPASS: join(home.root, "askpass") });
  const asked = await call(client, RUN);
  assert.match(asked.text, /approval-required/);
  const { pending } = JSON.parse((await home.ov(["approve", "--list", "--json"], { askpass: false })).stdout);
  assert.deepEqual([pending.length, pending[0].context], [1, "shop/dev"]);
  await approveAll(home, "shop", "dev");
  assert.match((await call(client, RUN)).text, /value=\[redacted:KEY\]/);
  await client.close();
  for (let tries = 0; tries < 100; tries++) {
    const { stdout } = await home.ov(["vault", "status", "--json"]);
    if (JSON.parse(stdout).state === "locked") return;
  }
  assert.fail("the vault stayed open after its client had gone");
});

test("a server that holds the vault ends by a signal, and the vault is locked", async (t) => {
  const home = await vaultWithKey(t);
  const env = { ...home.env, OV_ASKPASS: join(home.root, "askpass") };
  const server = spawn(process.execPath, [OV, "mcp", "serve"], {
    cwd: home.project,
    env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  t.after(() => server.kill("SIGKILL"));
  const ended = once(server, "exit");
  const note = join(home.ovHome, "run", "agent.json");
  for (let tries = 0; tries < 1000 && !existsSync(note); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(existsSync(note), "it holds the vault");
  server.kill("SIGTERM");
  await ended;
  assert.ok(!existsSync(note));
});

test("a server whose messages a person sees asks them for the password, beside its client's pipes", async (t) => {
  const home = await vaultWithKey(t);
  const line = `sleep 60 | '${process.execPath}' '${OV}' mcp serve > /dev/null`;
  const person = atTerminal(t, home, ["-c", line], { program: "/bin/sh" });
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  const note = join(home.ovHome, "run", "agent.json");
  for (let tries = 0; tries < 1000 && !existsSync(note); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await home.ov(["app", "list"], { askpass: false })).code, 0);
});
