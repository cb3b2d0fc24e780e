import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type NodeIncomingMessageLike,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
} from "@modelcontextprotocol/node";
import { createMcpHandler, isInitializeRequest, isJSONRPCRequest, isLegacyRequest } from "@modelcontextprotocol/server";
import { createServer } from "#mcp/create-server.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";

export interface McpRoute {
  /** `body` is undefined for GET and DELETE. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/**
 * Streamable HTTP: requests of protocol 2026-07-28 stand alone and get a server each; older clients get a session
 * with a server of its own, because it has to ask them in the middle of a call.
 */
export function mcpRoute(deps: ServerDeps): McpRoute {
  const onerror = (error: Error) => deps.log(`mcp-error ${error.name}`);
  const modern = createMcpHandler(() => createServer(deps), { legacy: "reject", onerror });
  const handleModern = toNodeHandler(modern, { onerror });
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();

  return {
    async handle(request, response, body) {
      if (!(await isOld(request, body))) {
        // A request that a server received has a method and a URL; node's type covers a client's answers too.
        return handleModern(request as NodeIncomingMessageLike, response, body);
      }
      const id = request.headers["mcp-session-id"];
      const known = typeof id === "string" ? sessions.get(id) : undefined;
      if (known === undefined && !isInitializeRequest(body)) return refuse(response, id === undefined ? 400 : 404);
      const transport = known ?? (await openSession(deps, sessions, onerror));
      if (id !== undefined && typeof id === "string" && known !== undefined) touch(sessions, id, known);
      cancelWhenGone(transport, response, body);
      return transport.handleRequest(request, response, body);
    },
    async close() {
      await modern.close();
      await Promise.all([...sessions.values()].map((transport) => transport.close()));
    },
  };
}

const MAX_SESSIONS = 64;

function isOld(request: IncomingMessage, body: unknown): Promise<boolean> {
  const headers = new Headers();
  for (const name of ["mcp-protocol-version", "mcp-method", "mcp-name"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  // The body is read and parsed: only the rest is looked up in this one.
  return isLegacyRequest(new Request("http://localhost/mcp", { method: request.method ?? "GET", headers }), body);
}

async function openSession(
  deps: ServerDeps,
  sessions: Map<string, NodeStreamableHTTPServerTransport>,
  onerror: (error: Error) => void,
): Promise<NodeStreamableHTTPServerTransport> {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => {
      sessions.set(id, transport);
      // Clients that end without saying so leave their session behind: the one not used for longest goes.
      const [oldest] = sessions.values();
      if (sessions.size > MAX_SESSIONS) void oldest?.close();
    },
  });
  transport.onerror = onerror;
  transport.onclose = () => {
    if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
  };
  await createServer(deps).connect(transport);
  return transport;
}

/** The last in a map is the one used last. */
function touch<T>(sessions: Map<string, T>, id: string, session: T): void {
  sessions.delete(id);
  sessions.set(id, session);
}

/**
 * A client whose connection ends before its answer never gets it, because answers are not kept: so the call ends, as
 * if it had been cancelled, and no command runs on for nobody.
 */
function cancelWhenGone(transport: NodeStreamableHTTPServerTransport, response: ServerResponse, body: unknown): void {
  const ids = (Array.isArray(body) ? body : [body]).filter(isJSONRPCRequest).map((request) => request.id);
  if (ids.length === 0) return;
  response.on("close", () => {
    if (response.writableFinished) return;
    for (const requestId of ids) {
      transport.onmessage?.({
        jsonrpc: "2.0",
        method: "notifications/cancelled",
        params: { requestId, reason: "gone" },
      });
    }
  });
}

function refuse(response: ServerResponse, status: 400 | 404): void {
  const message = status === 404 ? "Session not found" : "A session is needed: send initialize first";
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: -32600, message }, id: null }));
}
