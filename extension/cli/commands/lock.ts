import type { Command } from "commander";
import { isVaultError } from "#core/vault-error.ts";
import { findAgent } from "#mcp/device/find-agent.ts";
import { attachToAgents } from "../attach-to-agent.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command.action(() => lock(cli));
}

/** Locks every agent and window that holds this vault, not only the first one found. */
async function lock(cli: Cli): Promise<void> {
  const agents = await attachToAgents(cli);
  for (const agent of agents) {
    try {
      await agent.lock();
    } catch (error) {
      // The answer may be lost with the process that ends; it is locked then.
      if (!isVaultError(error, "agent-unreachable", "vault-locked")) throw error;
    }
  }
  await gone(cli);
  say(agents.length === 0 ? "The vault was locked already." : "Locked.");
}

/** The keys are wiped by now; this is for scripts that go on as soon as `ov lock` ends. */
async function gone(cli: Cli): Promise<void> {
  const until = Date.now() + GONE_MS;
  while (Date.now() < until && (await findAgent(cli.paths)) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const GONE_MS = 2_000;
