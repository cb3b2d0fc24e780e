import type { LinkNews } from "#core/store/remote/remote-link.ts";
import { VaultError } from "#core/vault-error.ts";
import { remoteAccess } from "#mcp/remote-access.ts";
import { findAgents } from "./find-agent.ts";
import type { Paths } from "./paths.ts";
import { readServerLogin, removeServerLogin, type ServerLogin, writeServerLogin } from "./server-login.ts";
import { type ThisServer, thisServer } from "./this-server.ts";
import { readUserConfig, writeUserConfig } from "./user-config.ts";

/** Refuses with `argument-invalid` where the vault is on this machine. */
export function requireServer(paths: Paths, onNews?: (news: LinkNews) => void): ThisServer {
  const server = thisServer(paths, onNews);
  if (server !== undefined) return server;
  throw new VaultError(
    "argument-invalid",
    'The vault is on this machine, and no server has a part of it. See "ov login" and "ov vault move --help".',
  );
}

/** Refuses with `argument-invalid` where the vault is on a server already. */
export function requireNoLogin(paths: Paths): void {
  if (readServerLogin(paths) === undefined || readUserConfig(paths.config).server === undefined) return;
  throw new VaultError("argument-invalid", 'This device is logged in already. Run "ov logout" first.');
}

/** From here on the vault is the one on the server. The login first: a configuration without it would be of no use. */
export function useServer(paths: Paths, url: string, serverId: Uint8Array, login: ServerLogin): void {
  writeServerLogin(paths, login);
  writeUserConfig(paths.config, {
    ...readUserConfig(paths.config),
    ...{ server: url, server_id: Buffer.from(serverId).toString("hex"), account: login.account },
  });
}

/** From here on the vault is the one on this machine, if there is one. */
export function leaveServer(paths: Paths): void {
  const { server: _, server_id: __, ...rest } = readUserConfig(paths.config);
  writeUserConfig(paths.config, rest);
  removeServerLogin(paths);
}

/** Who holds the vault of before must not go on with it: other processes of this user. */
export async function lockHolders(paths: Paths): Promise<void> {
  for (const agent of await findAgents(paths)) await remoteAccess(agent).lock();
}
