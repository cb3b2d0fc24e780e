import { randomBytes } from "node:crypto";
import { detectCredentials } from "#core/redact/detectors.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { ShellSessions } from "#core/run/shell-session.ts";
import { interceptMode } from "#mcp/intercept-mode.ts";
import { Interceptor } from "#mcp/interceptor.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { SuspendedCalls } from "#mcp/suspended-calls.ts";
import { VERSION } from "#mcp/version.ts";
import type { ThisProcess } from "./this-process.ts";
import { readUserConfig } from "./user-config.ts";
import { writeLog } from "./write-log.ts";

/** What an MCP server of this process works with, beside the vault. The caller closes `shells` and `matchers`. */
export function serverDeps(
  own: ThisProcess,
  vault: Pick<ServerDeps, "access" | "forward" | "newAsk" | "askSecret" | "onLeaked">,
): ServerDeps {
  const { app, environment } = readUserConfig(own.paths.config);
  return {
    ...vault,
    version: VERSION,
    place: { cwd: own.cwd, environment: own.env, session: randomBytes(16).toString("hex") },
    home: own.home,
    userDefault: { ...(app === undefined ? {} : { app }), ...(environment === undefined ? {} : { environment }) },
    matchers: new MatcherCache(),
    shells: new ShellSessions(),
    interceptor: new Interceptor(interceptMode(own.env.OV_INTERCEPT_MODE), detectCredentials),
    suspended: new SuspendedCalls(),
    now: Date.now,
    log: (line) => writeLog(own, line),
  };
}
