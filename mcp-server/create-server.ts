import { setImmediate as nextTurn } from "node:timers/promises";
import { McpServer, type StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import { callTool } from "#mcp/call-tool.ts";
import { clientRoots } from "#mcp/client-roots.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import type { Tool } from "#mcp/tool.ts";
import { vaultCreateSecret } from "#mcp/tools/vault-create-secret.ts";
import { vaultDeleteSecret } from "#mcp/tools/vault-delete-secret.ts";
import { vaultInjectEnv } from "#mcp/tools/vault-inject-env.ts";
import { vaultListSecrets } from "#mcp/tools/vault-list-secrets.ts";
import { vaultRun } from "#mcp/tools/vault-run.ts";
import { vaultStatus } from "#mcp/tools/vault-status.ts";
import { vaultUpdateSecret } from "#mcp/tools/vault-update-secret.ts";

/** The MCP server of one connection, or of one request of protocol 2026-07-28; a transport is connected by the caller. */
export function createServer(deps: ServerDeps): McpServer {
  const server = new McpServer(
    { name: "opaquevault", title: "OpaqueVault", version: deps.version },
    {
      capabilities: { tools: { listChanged: false } },
      instructions: INSTRUCTIONS,
      // Older clients are asked in call-tool, where a missing answer becomes approval-required.
      inputRequired: { legacyShim: false },
    },
  );
  const roots = clientRoots(server.server, deps.place);
  for (const tool of TOOLS) {
    server.registerTool(tool.name, face(tool), (args, context) =>
      callTool(tool, args, { deps, server, context, roots }),
    );
  }
  return server;
}

export const TOOLS: readonly Tool[] = [
  vaultRun,
  vaultInjectEnv,
  vaultListSecrets,
  vaultCreateSecret,
  vaultUpdateSecret,
  vaultDeleteSecret,
  vaultStatus,
];

const INSTRUCTIONS = [
  "OpaqueVault holds secrets (API keys, passwords, tokens). You never see a value: vault_run runs a command with secrets in its environment and gives you the output with values redacted.",
  "Refer to a secret by its variable name ($STRIPE_API_KEY) inside the command. Never ask a person for a value in the chat, and never put one in a tool call.",
  "An error names a code and the next step. If it needs a person (vault-locked, approval-required, person-required), tell them that step and wait.",
].join("\n");

function face(tool: Tool) {
  const { title, description, annotations } = tool;
  return {
    title,
    description,
    annotations,
    inputSchema: listedSchema(tool, "input"),
    outputSchema: listedSchema(tool, "output"),
    // Claude Code otherwise shows tools of MCP servers only after a search.
    _meta: { "anthropic/alwaysLoad": true },
  };
}

/** Makes what clients see of the tools, one schema at a time: asked for all at once they take some 20 ms. */
export async function prepareSchemas(): Promise<void> {
  for (const tool of TOOLS) {
    for (const io of ["input", "output"] as const) {
      listed(tool, io);
      await nextTurn();
    }
  }
}

/**
 * The schema as clients see it. Arguments pass unchecked here and are checked in `callTool`, which refuses values
 * first and answers in our own words; what we return is ours.
 */
function listedSchema(tool: Tool, io: "input" | "output"): StandardSchemaWithJSON<Record<string, unknown>> {
  const json = () => listed(tool, io);
  return {
    "~standard": {
      version: 1,
      vendor: "opaquevault",
      validate: (value) => ({ value: value as Record<string, unknown> }), // checked in callTool
      jsonSchema: { input: json, output: json },
    },
  };
}

function listed(tool: Tool, io: "input" | "output"): Record<string, unknown> {
  SCHEMAS[io][tool.name] ??= tool[io].toJSONSchema({ io });
  return SCHEMAS[io][tool.name]!;
}

/** Made once: protocol 2026-07-28 has a server for every request. */
const SCHEMAS: Record<"input" | "output", Record<string, Record<string, unknown>>> = { input: {}, output: {} };
