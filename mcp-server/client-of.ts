import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  isSpecType,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { shortLine } from "#mcp/display-text.ts";

/** Who calls, as it says itself. */
export interface Client {
  /** Name and version on one short line, safe to show. */
  readonly name: string;
  readonly capabilities: ClientCapabilities | undefined;
  /** Protocol 2026-07-28 or later: the server can't ask in the middle of a call. */
  readonly modern: boolean;
}

export function clientOf(server: McpServer, context: ServerContext): Client {
  const envelope: Record<string, unknown> = { ...context.mcpReq.envelope };
  const info = envelope[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion();
  const capabilities = envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities();
  return {
    name: isSpecType.Implementation(info) ? shortLine(`${info.name} ${info.version}`.trim(), 80) : "unknown client",
    // The guard proves the shape; its own type is only spelled differently.
    capabilities: isSpecType.ClientCapabilities(capabilities) ? (capabilities as ClientCapabilities) : undefined,
    modern: (server.server.getNegotiatedProtocolVersion() ?? "") >= "2026-07-28",
  };
}
