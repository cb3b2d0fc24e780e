import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AgentAddress } from "#mcp/agent-request.ts";
import { privateDoor } from "#mcp/door.ts";
import { mcpRoute } from "#mcp/mcp-route.ts";
import { listenPrivately } from "#mcp/private-socket.ts";
import { readJson } from "#mcp/request-body.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";

/** Answers a POST with JSON. `signal` aborts when the caller goes away before the answer. */
export type Route = (body: unknown, signal: AbortSignal) => Promise<RouteReply>;

export interface RouteReply {
  readonly body: unknown;
  /** Keeps the answer open, and is called once when the caller closes it or goes away. */
  readonly onGone?: () => void;
}

export interface SocketOptions {
  readonly address: AgentAddress;
  /** The key that every request carries as `authorization: Bearer`; at least 128 random bits. */
  readonly nonce: string;
  /** Further paths beside /mcp. */
  readonly routes?: Readonly<Record<string, Route>>;
}

export interface SocketServer {
  readonly address: AgentAddress;
  /** Ends every call and connection. Shells belong to the caller. */
  close(): Promise<void>;
}

/** Serves MCP and `routes` over HTTP to processes of this user that know the nonce. */
export async function serveSocket(deps: ServerDeps, options: SocketOptions): Promise<SocketServer> {
  const door = privateDoor(options.nonce);
  const mcp = mcpRoute(deps);
  const routes = new Map(Object.entries(options.routes ?? {}));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!door(request, response)) return;
    const path = (request.url ?? "/").split("?")[0]!;
    const route = routes.get(path);
    if (path !== "/mcp" && route === undefined) return refuse(response, 404, "No such path");
    if (request.method !== "POST") {
      if (route !== undefined || (request.method !== "GET" && request.method !== "DELETE")) {
        return refuse(response, 405, "Method not allowed");
      }
      return mcp.handle(request, response, undefined);
    }
    const body = await readJson(request, route === undefined ? MAX_MESSAGE : MAX_ROUTE_BODY);
    if (body.kind === "refused") return refuse(response, body.status, body.message);
    return route === undefined ? mcp.handle(request, response, body.value) : reply(response, route, body.value);
  };

  const server = createHttpServer(LIMITS, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      deps.log(`socket-error ${error instanceof Error ? error.name : "unknown"}`);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, "Internal error");
    });
  });
  server.maxConnections = 256;
  const address = await listenPrivately(server, options.address);
  return {
    address,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await mcp.close();
      await deps.suspended.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const MAX_MESSAGE = 4 * 1024 * 1024;
const MAX_ROUTE_BODY = 32 * 1024 * 1024;
/** ms; for a request to arrive. Answers may take as long as a run. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 32 * 1024 };

async function reply(response: ServerResponse, route: Route, body: unknown): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const { body: answer, onGone } = await route(body, gone.signal);
  if (onGone !== undefined) {
    if (gone.signal.aborted) onGone();
    else gone.signal.addEventListener("abort", onGone, { once: true });
  }
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  const bytes = Buffer.from(`${JSON.stringify(answer)}\n`, "utf8");
  // It may hold values: gone from this process as soon as it is sent.
  if (onGone === undefined) response.end(bytes, () => bytes.fill(0));
  else response.write(bytes, () => bytes.fill(0));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  // What is left of the body is not read, so the connection can't be used again.
  response.shouldKeepAlive = false;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: -32600, message }, id: null }));
}
