import { isVaultError } from "#core/vault-error.ts";
import type { Paths } from "./paths.ts";
import { leaveServer, lockHolders, requireServer } from "./use-server.ts";

export interface LoggedOut {
  readonly device: string;
  /** Else it has to be removed there, on another device. */
  readonly wasServerTold: boolean;
}

/**
 * Ends this device at the server and forgets its login and cache. Without `force` it refuses with the server's error
 * where that can't be told, or entries of the audit log wait to be sent.
 */
export async function logOut(paths: Paths, force: boolean): Promise<LoggedOut> {
  const { link, store, login, client } = requireServer(paths);
  await lockHolders(paths);
  let wasServerTold = true;
  try {
    await store.audit.flush();
    await link.ask({ method: "DELETE", path: `/devices/${login.device.id}` });
  } catch (error) {
    if (!isVaultError(error, "server-unreachable", "login-failed", "server-changed", "server-refused")) throw error;
    // Then the server has ended this device already.
    wasServerTold = error.code === "login-failed";
    if (!force && !wasServerTold) throw error;
  } finally {
    client.close();
  }
  leaveServer(paths);
  return { device: login.device.id, wasServerTold };
}
