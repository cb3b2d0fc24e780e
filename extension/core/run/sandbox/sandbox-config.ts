import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SandboxRuntimeConfig } from "@anthropic-ai/sandbox-runtime";
import type { Command } from "../command.ts";
import { type SandboxRequest, temporaryFolder } from "./sandbox-request.ts";

/** The library's configuration for one run: write here, connect there, and nothing else. */
export function sandboxConfig({ cwd, folder, hosts, proxy, programs }: SandboxRequest): SandboxRuntimeConfig {
  // Always given: left out, the library would take the proxy from its own environment.
  const parentProxy = proxy === undefined ? {} : { http: proxy, https: proxy, noProxy: "" };
  // No list that is registered later and no callback may widen it.
  const limited = { allowedDomains: [...hosts], deniedDomains: [], strictAllowlist: true, parentProxy };
  return {
    // Without a list the library leaves the network as it is; its types want one.
    network: hosts === "any" ? ({ deniedDomains: [], parentProxy } as unknown as typeof limited) : limited,
    filesystem: {
      denyRead: [],
      allowWrite: [cwd, temporaryFolder(folder)].map(literally),
      denyWrite: [...LIBRARY_DEFAULTS, ...RUN_LATER.map((name) => join(cwd, name)).filter(existsSync)].map(literally),
    },
    ...(programs === undefined ? {} : { bwrapPath: programs.bwrap, socatPath: programs.socat }),
    // The library searches its own working folder for files to protect, which here is an empty one.
    ripgrep: { command: "true" },
  };
}

/** The command as the one string that the sandbox's `/bin/sh -c` takes. */
export function asShellLine(command: Command): string {
  // With a dash in front the shell would take the command as an option.
  if (typeof command === "string") return command.startsWith("-") ? ` ${command}` : command;
  return `exec ${command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")}`;
}

/** Shared folders that the library opens for writing to everyone. */
const LIBRARY_DEFAULTS = ["/tmp/claude", "/private/tmp/claude"];

/**
 * What other programs run or obey later, outside of the sandbox: through these a child could leave it. Only those that
 * exist, since to guard a missing one the library would have to put an empty file into the project.
 */
const RUN_LATER = [".git/hooks", ".git/config", ".vscode", ".idea", ".mcp.json", ".claude", ".cursor", ".ov.yaml"];

/** A path, also where it looks like a pattern. */
function literally(path: string): { path: string; literal: true } {
  return { path, literal: true };
}
