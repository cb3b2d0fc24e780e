import type { Launch, Scope } from "#mcp/client-setup/clients.ts";
import { ownHome } from "#mcp/device/paths.ts";
import type { Cli } from "./cli.ts";

/**
 * What a client runs. In a person's own configuration by absolute paths, since editors are often started without the
 * shell's PATH. In a project's file by name, since a path of this machine means nothing on another.
 */
export function launchOf({ self: [program, ...args], env }: Cli, scope: Scope): Launch {
  if (scope === "project") return { command: "ov", args: ["mcp", "serve"], env: {} };
  const home = ownHome(env);
  return { command: program, args: [...args, "mcp", "serve"], env: home === undefined ? {} : { OV_HOME: home } };
}
