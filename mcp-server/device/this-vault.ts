import { join } from "node:path";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { LinkNews } from "#core/store/remote/remote-link.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Paths } from "./paths.ts";
import { readUserConfig } from "./user-config.ts";

/** The vault of this device and user, locked: on the server that the user's configuration names, else on this machine. */
export async function thisVault(paths: Paths, onNews?: (news: LinkNews) => void): Promise<VaultDeps> {
  if (readUserConfig(paths.config).server === undefined) return localVault(paths);
  // Loaded only then: most vaults are on the machine, and `ov` starts faster without the transport.
  const { thisServer } = await import("./this-server.ts");
  const { store, device } = thisServer(paths, onNews)!; // the configuration names one
  return { store, device, now: Date.now };
}

/** Whether there is a vault to unlock. Asks no server: who is logged in to one has a vault there. */
export async function hasVault(paths: Paths): Promise<boolean> {
  if (readUserConfig(paths.config).server !== undefined) return true;
  return (await localVault(paths).store.readAccount()) !== undefined;
}

/** The vault in the folder of this machine, also while the user is logged in to a server. */
export function localVault(paths: Paths): VaultDeps {
  return { store: openFileStore(paths.vault), device: openDeviceState(join(paths.state, "device")), now: Date.now };
}

/** Refuses with `vault-absent` before a password is asked for in vain. */
export async function requireVault({ store }: VaultDeps): Promise<void> {
  if ((await store.readAccount()) === undefined) {
    throw new VaultError("vault-absent", `There is no vault in ${store.location}. Make one with "ov vault init".`);
  }
}
