import { join } from "node:path";
import { openDeviceState } from "#core/store/device-state.ts";
import { AuditOutbox } from "#core/store/remote/audit-outbox.ts";
import { CiphertextCache } from "#core/store/remote/ciphertext-cache.ts";
import { type LinkNews, RemoteLink } from "#core/store/remote/remote-link.ts";
import { RemoteStore } from "#core/store/remote/remote-store.ts";
import { SealedClient } from "#core/store/remote/sealed-client.ts";
import type { DeviceState } from "#core/store/store.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Paths } from "./paths.ts";
import { serverKeyMemory } from "./server-key-memory.ts";
import { readServerLogin, type ServerLogin, serverFolder } from "./server-login.ts";
import { DEFAULT_OFFLINE_HOURS, readUserConfig } from "./user-config.ts";

/** The server that this user is logged in to. */
export interface ThisServer {
  readonly login: ServerLogin;
  readonly serverId: Buffer;
  readonly client: SealedClient;
  readonly link: RemoteLink;
  readonly cache: CiphertextCache;
  readonly store: RemoteStore;
  readonly device: DeviceState;
}

/** undefined = the vault is on this machine. Refuses with `login-failed` where the configuration names a server only. */
export function thisServer(paths: Paths, onNews?: (news: LinkNews) => void): ThisServer | undefined {
  const { server: url, server_id: pin, offline_hours: hours = DEFAULT_OFFLINE_HOURS } = readUserConfig(paths.config);
  if (url === undefined) return undefined;
  const login = readServerLogin(paths);
  if (login === undefined || pin === undefined) {
    throw new VaultError("login-failed", `This device is not logged in to ${url}. Run "ov login ${url}".`);
  }
  const serverId = Buffer.from(pin, "hex");
  const device = openDeviceState(join(paths.state, "device"));
  const client = clientOf(paths, url, serverId, device);
  const cache = new CiphertextCache(join(serverFolder(paths), "cache"));
  const outbox = new AuditOutbox(join(serverFolder(paths), "outbox"));
  const link = new RemoteLink({ client, ...login, cache, now: Date.now, offlineMs: hours * 3_600_000, onNews });
  return {
    login,
    serverId,
    client,
    link,
    cache,
    device,
    store: new RemoteStore({ link, cache, outbox, reuseMs: 200 }),
  };
}

/** For a server that the person has confirmed, logged in or not. */
export function clientOf(paths: Paths, url: string, serverId: Uint8Array, device: DeviceState): SealedClient {
  const memory = serverKeyMemory(serverFolder(paths), device);
  return new SealedClient({ url, pin: serverId, memory, now: Date.now });
}
