import assert from "node:assert/strict";
import path from "node:path";
import { after, test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldStdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OldHttpTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { AgentAddress } from "#mcp/agent-request.ts";
import { type Answer, answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { socketFetch } from "./fixtures/socket-fetch.ts";
import { type TestSocket, testSocket } from "./fixtures/socket-server.ts";

const sockets: TestSocket[] = [];
after(() => Promise.all(sockets.map((socket) => socket.close())));

type Caller = Pick<Client, "callTool"> & { listTools(): Promise<{ tools: unknown[] }>; close(): Promise<void> };

const NAME = { name: "real-client", version: "2" };
const APPROVE = { action: "accept" as const, content: { decision: "Approve once" } };

function stdio(vault: string) {
  return {
    command: process.execPath,
    args: [path.join(import.meta.dirname, "fixtures", "stdio-server.ts")],
    env: { OV_TEST_VAULT: vault, PATH: process.env.PATH ?? "" },
  };
}

function currentClient(mode: "auto" | "legacy"): Client {
  const client = new Client(NAME, { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } });
  client.setRequestHandler("elicitation/create", () => APPROVE);
  return client;
}

function oldClient(): OldClient {
  const client = new OldClient(NAME, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => APPROVE);
  return client;
}

async function overSocket(address?: AgentAddress) {
  const vault = fakeVault(CONTENTS);
  const socket = await testSocket({ vault, ...(address === undefined ? {} : { address }) });
  sockets.push(socket);
  const fetch = socketFetch(socket.address, { authorization: `Bearer ${socket.nonce}` });
  return { url: new URL("http://localhost/mcp"), options: { fetch } };
}

const CLIENTS: Record<string, () => Promise<Caller>> = {
  "the current client over stdio": async () => {
    const client = currentClient("auto");
    await client.connect(new StdioClientTransport(stdio("asks")));
    assert.equal(client.getProtocolEra(), "modern");
    return client;
  },
  "the current client over stdio with the older protocol": async () => {
    const client = currentClient("legacy");
    await client.connect(new StdioClientTransport(stdio("asks")));
    return client;
  },
  "the older SDK's client over stdio": async () => {
    const client = oldClient();
    await client.connect(new OldStdioClientTransport(stdio("asks")));
    return client as unknown as Caller; // its types are those of another package
  },
  "the current client over the socket": async () => {
    const { url, options } = await overSocket();
    const client = currentClient("auto");
    await client.connect(new StreamableHTTPClientTransport(url, options));
    assert.equal(client.getProtocolEra(), "modern");
    return client;
  },
  "the current client over the socket with the older protocol": async () => {
    const { url, options } = await overSocket();
    const client = currentClient("legacy");
    await client.connect(new StreamableHTTPClientTransport(url, options));
    return client;
  },
  "the older SDK's client over the socket": async () => {
    const { url, options } = await overSocket();
    const client = oldClient();
    await client.connect(new OldHttpTransport(url, options) as never); // optional properties are declared differently
    return client as unknown as Caller; // its types are those of another package
  },
  "the older SDK's client over a port of this machine": async () => {
    const { url, options } = await overSocket({ port: 0 });
    const client = oldClient();
    await client.connect(new OldHttpTransport(url, options) as never); // likewise
    return client as unknown as Caller; // likewise
  },
};

for (const [what, connect] of Object.entries(CLIENTS)) {
  test(`${what} lists the tools, gets an approval, runs a command and sees no value`, async () => {
    const client = await connect();
    try {
      assert.equal((await client.listTools()).tools.length, 7);
      const answers: Answer[] = [
        await answerOf(client, "vault_status"),
        await answerOf(client, "vault_list_secrets"),
        await answerOf(client, "vault_run", { command: "echo key=$STRIPE_KEY | rev | rev", secrets: ["STRIPE_KEY"] }),
      ];
      assert.equal(answers[2]!.data.stdout, "key=[redacted:STRIPE_KEY]\n", answers[2]!.json);
      for (const answer of answers) assert.ok(!answer.json.includes(STRIPE));
      assert.equal((await answerOf(client, "vault_run", { command: 5 })).code, "argument-invalid");
    } finally {
      await client.close();
    }
  });
}

test("two clients of one socket don't see each other's sessions", async () => {
  const { url, options } = await overSocket();
  const [one, two] = [currentClient("legacy"), currentClient("legacy")];
  const transports = [
    new StreamableHTTPClientTransport(url, options),
    new StreamableHTTPClientTransport(url, options),
  ] as const;
  await one.connect(transports[0]);
  await two.connect(transports[1]);
  assert.notEqual(transports[0].sessionId, transports[1].sessionId);
  await transports[0].terminateSession();
  await one.close();
  assert.equal((await answerOf(two, "vault_status")).data.state, "unlocked");
  await two.close();
});
