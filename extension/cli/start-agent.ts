import { spawn } from "node:child_process";
import { once } from "node:events";
import { childEnvironment } from "#core/run/child-env.ts";
import { VAULT_ERROR_CODES, VaultError, type VaultErrorCode } from "#core/vault-error.ts";
import { ownHome } from "#mcp/device/paths.ts";
import type { Cli } from "./cli.ts";

/** What the agent tells the process that started it: one line of JSON on its stdout. */
export type AgentReport =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string };

/**
 * Starts `ov hold` in the background, hands it the password through a pipe, and resolves when it serves. Refuses
 * with the agent's own error. The password is in no argument and in no environment.
 */
export async function startAgent(cli: Cli, password: Uint8Array, lockAfterMinutes: number): Promise<void> {
  const [program, ...args] = cli.self;
  const agent = spawn(program, [...args, "hold", "--lock-after", String(lockAfterMinutes)], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    // It lives on when this folder is gone; commands get their folder with each call.
    cwd: cli.home,
    env: { ...childEnvironment(cli.env, []), ...ownVariables(cli.env) },
    windowsHide: true,
  });
  const failed = once(agent, "error").then(([cause]) => {
    throw new VaultError(
      "run-failed",
      'The agent could not be started. Try "ov unlock --foreground", or "ov doctor".',
      { cause },
    );
  });
  agent.stdin.on("error", () => {}); // told by the report, or by its absence
  agent.stdin.end(password);
  const report = await Promise.race([readReport(agent.stdout), failed]);
  failed.catch(() => {});
  agent.stdout.destroy();
  agent.unref();
  if (!report.ok) throw new VaultError(knownCode(report.code), report.message);
}

function ownVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const [home, mode] = [ownHome(env), env.OV_INTERCEPT_MODE];
  return { ...(home && { OV_HOME: home }), ...(mode && { OV_INTERCEPT_MODE: mode }) };
}

async function readReport(stdout: NodeJS.ReadableStream): Promise<AgentReport> {
  let text = "";
  for await (const chunk of stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  try {
    return JSON.parse(text) as AgentReport; // written by our own program
  } catch {
    throw new VaultError(
      "run-failed",
      'The agent ended before it was ready. Try "ov unlock --foreground", or "ov doctor".',
    );
  }
}

function knownCode(code: string): VaultErrorCode {
  return VAULT_ERROR_CODES.find((known) => known === code) ?? "run-failed";
}
