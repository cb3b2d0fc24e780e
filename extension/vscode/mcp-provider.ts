import * as vscode from "vscode";
import { VERSION } from "#mcp/version.ts";
import type { WindowServer } from "./serve-window.ts";

export const MCP_PROVIDER = "opaquevault.mcp";

export interface McpProviderDeps {
  /** Changes when the tools, or what they work on, may have become others. */
  edition(): string;
  readonly onDidChange: vscode.Event<void>;
  /** Asks the person to unlock, where that is needed; undefined = they don't want to. Starts the server. */
  server(): Promise<WindowServer | undefined>;
}

/** Offers the window's own MCP server to VS Code. It listens, and asks for the password, only once VS Code starts it. */
export function mcpProvider(deps: McpProviderDeps): vscode.McpServerDefinitionProvider<vscode.McpHttpServerDefinition> {
  return {
    onDidChangeMcpServerDefinitions: deps.onDidChange,
    provideMcpServerDefinitions: () =>
      vscode.workspace.isTrusted ? [definition(NOT_STARTED, {}, deps.edition())] : [],
    resolveMcpServerDefinition: async () => {
      const server = await deps.server();
      if (server === undefined)
        throw new Error(vscode.l10n.t("The vault stays locked, so its tools were not started."));
      const { address, nonce } = server;
      const uri =
        "port" in address
          ? vscode.Uri.from({ scheme: "http", authority: `127.0.0.1:${address.port}`, path: "/mcp" })
          : socketUri(address.socketPath);
      return definition(uri, { Authorization: `Bearer ${nonce}` }, deps.edition());
    },
  };
}

/** Replaced when VS Code starts the server. */
const NOT_STARTED = vscode.Uri.from({ scheme: "http", authority: "127.0.0.1:9", path: "/mcp" });

function definition(uri: vscode.Uri, headers: Record<string, string>, edition: string): vscode.McpHttpServerDefinition {
  return new vscode.McpHttpServerDefinition("OpaqueVault", uri, headers, `${VERSION}+${edition}`);
}

/** VS Code takes the HTTP path from the fragment. */
function socketUri(socketPath: string): vscode.Uri {
  const isPipe = socketPath.startsWith("\\\\");
  return vscode.Uri.from({
    scheme: isPipe ? "pipe" : "unix",
    path: socketPath.replaceAll("\\", "/"),
    fragment: "/mcp",
  });
}
