import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { detectCredentials } from "#core/redact/detectors.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { ShellSessions } from "#core/run/shell-session.ts";
import { Interceptor, interceptMode } from "#mcp/interceptor.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { SuspendedCalls } from "#mcp/suspended-calls.ts";
import type { Cli } from "./cli.ts";
import { makePrivateFolder } from "./private-file.ts";
import { readUserConfig } from "./user-config.ts";
import { VERSION } from "./version.ts";

/** What an MCP server of this process works with, beside the vault. The caller closes `shells` and `matchers`. */
export function serverDeps(cli: Cli, vault: Pick<ServerDeps, "access" | "forward">): ServerDeps {
  const { app, environment } = readUserConfig(cli.paths.config);
  return {
    ...vault,
    version: VERSION,
    place: { cwd: cli.cwd, environment: cli.env },
    home: cli.home,
    userDefault: { ...(app === undefined ? {} : { app }), ...(environment === undefined ? {} : { environment }) },
    matchers: new MatcherCache(),
    shells: new ShellSessions(),
    interceptor: new Interceptor(interceptMode(cli.env.OV_INTERCEPT_MODE), detectCredentials),
    suspended: new SuspendedCalls(),
    now: Date.now,
    log: (line) => log(cli, line),
  };
}

function log(cli: Cli, line: string): void {
  try {
    makePrivateFolder(cli.paths.state);
    appendFileSync(join(cli.paths.state, "ov.log"), `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not end a run.
  }
}
