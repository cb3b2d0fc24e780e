import { existsSync } from "node:fs";
import { join } from "node:path";

export const CLIENT_NAMES = ["claude", "copilot", "codex", "gemini", "opencode", "cursor", "vscode"] as const;
export type ClientName = (typeof CLIENT_NAMES)[number];

/** "user" = every project of this person; "project" = a file of the repository, shared with the team. */
export type Scope = "user" | "project";

/** How a client starts the server. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Places {
  readonly home: string;
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

export interface Client {
  readonly title: string;
  readonly format: "json" | "toml";
  file(scope: Scope, places: Places): string;
  /** The keys that lead to the entry, given what the file holds. */
  path(existing: unknown): readonly string[];
  entry(launch: Launch, scope: Scope): Readonly<Record<string, unknown>>;
  /** What the person does next in that client. */
  readonly next: string;
}

const ENTRY = "opaquevault";

export const CLIENTS: Readonly<Record<ClientName, Client>> = {
  claude: {
    title: "Claude Code",
    format: "json",
    file: (scope, { home, project, env }) =>
      scope === "project" ? join(project, ".mcp.json") : join(env.CLAUDE_CONFIG_DIR || home, ".claude.json"),
    path: () => ["mcpServers", ENTRY],
    entry: stdio,
    next: 'Start Claude Code again; "/mcp" shows the server.',
  },
  copilot: {
    title: "GitHub Copilot CLI",
    format: "json",
    file: (scope, { home, project, env }) =>
      scope === "project"
        ? join(project, ".mcp.json")
        : join(env.COPILOT_HOME || join(home, ".copilot"), "mcp-config.json"),
    path: () => ["mcpServers", ENTRY],
    // The project's file is shared with Claude Code, which knows the type by this name only.
    entry: (launch, scope) => ({ ...stdio(launch), ...(scope === "user" ? { type: "local" } : {}), tools: ["*"] }),
    next: 'Start copilot again; "/mcp show" lists the server.',
  },
  codex: {
    title: "Codex",
    format: "toml",
    file: (scope, { home, project, env }) =>
      join(scope === "project" ? join(project, ".codex") : env.CODEX_HOME || join(home, ".codex"), "config.toml"),
    path: () => ["mcp_servers", ENTRY],
    entry: (launch) => ({
      command: launch.command,
      args: launch.args,
      ...environment("env", launch),
      // Codex ends a call after 60 seconds by itself; a run may take longer, and may wait for a person's answer.
      tool_timeout_sec: 600,
      // Without it, Codex refuses tools that can change things where it can't ask. Every use of a secret
      // is approved in OpaqueVault all the same.
      default_tools_approval_mode: "approve",
    }),
    next: 'Start codex again; "/mcp" shows the server.',
  },
  gemini: {
    title: "Gemini CLI",
    format: "json",
    file: (scope, { home, project }) => join(scope === "project" ? project : home, ".gemini", "settings.json"),
    path: () => ["mcpServers", ENTRY],
    entry: (launch) => ({ command: launch.command, args: launch.args, ...environment("env", launch) }),
    next: 'Start gemini again; "/mcp" shows the server.',
  },
  opencode: {
    title: "opencode",
    format: "json",
    file: (scope, { home, project, env }) =>
      scope === "project"
        ? jsonOrJsonc(join(project, "opencode.json"))
        : jsonOrJsonc(join(env.XDG_CONFIG_HOME || join(home, ".config"), "opencode", "opencode.json")),
    // Version 2 puts servers one level deeper, and still reads the flat shape of version 1.
    path: (existing) => (holdsObject(existing, "mcp", "servers") ? ["mcp", "servers", ENTRY] : ["mcp", ENTRY]),
    entry: (launch) => ({
      type: "local",
      command: [launch.command, ...launch.args],
      ...environment("environment", launch),
      enabled: true,
    }),
    next: 'Start opencode again; "opencode mcp list" shows the server.',
  },
  cursor: {
    title: "Cursor",
    format: "json",
    file: (scope, { home, project }) => join(scope === "project" ? project : home, ".cursor", "mcp.json"),
    path: () => ["mcpServers", ENTRY],
    entry: stdio,
    next: "Switch the server on in Cursor's settings, under MCP.",
  },
  vscode: {
    title: "VS Code",
    format: "json",
    file: (scope, places) =>
      scope === "project" ? join(places.project, ".vscode", "mcp.json") : join(vscodeUser(places), "mcp.json"),
    path: () => ["servers", ENTRY],
    entry: stdio,
    next: 'Run "MCP: List Servers" in VS Code and start opaquevault. The OpaqueVault extension needs no such entry.',
  },
};

function stdio(launch: Launch): Record<string, unknown> {
  return { type: "stdio", command: launch.command, args: launch.args, ...environment("env", launch) };
}

function environment(key: string, { env }: Launch): Record<string, unknown> {
  return Object.keys(env).length === 0 ? {} : { [key]: env };
}

function vscodeUser({ home, env, platform }: Places): string {
  if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "Code", "User");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Code", "User");
  return join(env.XDG_CONFIG_HOME || join(home, ".config"), "Code", "User");
}

function jsonOrJsonc(file: string): string {
  return existsSync(`${file}c`) ? `${file}c` : file;
}

function holdsObject(value: unknown, ...keys: readonly string[]): boolean {
  const found = keys.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    value,
  );
  return typeof found === "object" && found !== null;
}
