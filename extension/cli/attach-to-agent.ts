import type { VaultAccess } from "#core/run/vault-access.ts";
import { VaultError } from "#core/vault-error.ts";
import { findAgent, findAgents } from "#mcp/device/find-agent.ts";
import { remoteAccess } from "#mcp/remote-access.ts";
import type { Cli } from "./cli.ts";

/** The vault that an agent or an editor's window holds unlocked, if there is one. */
export async function attachToAgent(cli: Cli): Promise<VaultAccess | undefined> {
  const agent = await findAgent(cli.paths);
  return agent === undefined ? undefined : remoteAccess(agent);
}

export async function attachToAgents(cli: Cli): Promise<readonly VaultAccess[]> {
  return (await findAgents(cli.paths)).map(remoteAccess);
}

export async function requireAgent(cli: Cli, why: string): Promise<VaultAccess> {
  const access = await attachToAgent(cli);
  if (access !== undefined) return access;
  throw new VaultError("vault-locked", `${why} Run "ov unlock" first.`);
}
