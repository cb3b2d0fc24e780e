import { setImmediate as nextTurn } from "node:timers/promises";
import { InMemoryTransport, isInitializeRequest, parseJSONRPCMessage } from "@modelcontextprotocol/server";
import { createServer, prepareSchemas } from "#mcp/create-server.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";

/**
 * Goes through what a client's first words make the server do, a step in each turn of the event loop: schemas are made
 * and code is compiled at the first use, and a real first request would do all of it at once, for some 30 ms.
 */
export async function warmUp(deps: ServerDeps): Promise<void> {
  await prepareSchemas();
  for (const message of FIRST_WORDS) {
    parseJSONRPCMessage(message);
    await nextTurn();
    isInitializeRequest(message);
    await nextTurn();
  }
  const [client, transport] = InMemoryTransport.createLinkedPair();
  const server = createServer(deps);
  await server.connect(transport);
  await client.start();
  for (const message of FIRST_WORDS) {
    await nextTurn();
    await client.send(message);
  }
  await nextTurn();
  await server.close();
}

const FIRST_WORDS = [
  {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "warm-up", version: "1" } },
  },
  { jsonrpc: "2.0", method: "notifications/initialized" },
  { jsonrpc: "2.0", id: 2, method: "tools/list" },
] as const;
