import { VaultError } from "#core/vault-error.ts";
import { removeServerLogin, type ServerLogin, writeServerLogin } from "#mcp/device/server-login.ts";
import type { ThisServer } from "#mcp/device/this-server.ts";
import { thisServer } from "#mcp/device/this-server.ts";
import { readUserConfig, writeUserConfig } from "#mcp/device/user-config.ts";
import { attachToAgents } from "../attach-to-agent.ts";
import type { Cli } from "../cli.ts";

/** Refuses with `argument-invalid` where the vault is on this machine. */
export function requireServer(cli: Cli): ThisServer {
  const server = thisServer(cli.paths);
  if (server !== undefined) return server;
  throw new VaultError(
    "argument-invalid",
    'The vault is on this machine, and no server has a part of it. See "ov login" and "ov vault move --help".',
  );
}

/** From here on the vault is the one on the server. The login first: a configuration without it would be of no use. */
export function useServer(cli: Cli, url: string, serverId: Uint8Array, login: ServerLogin): void {
  writeServerLogin(cli.paths, login);
  writeUserConfig(cli.paths.config, {
    ...readUserConfig(cli.paths.config),
    ...{ server: url, server_id: Buffer.from(serverId).toString("hex"), account: login.account },
  });
}

/** From here on the vault is the one on this machine, if there is one. */
export function leaveServer(cli: Cli): void {
  const { server: _, server_id: __, ...rest } = readUserConfig(cli.paths.config);
  writeUserConfig(cli.paths.config, rest);
  removeServerLogin(cli.paths);
}

/** Who holds the vault of before must not go on with it. */
export async function lockHolders(cli: Cli): Promise<void> {
  for (const agent of await attachToAgents(cli)) await agent.lock();
}
