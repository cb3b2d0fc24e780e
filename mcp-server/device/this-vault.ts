import { join } from "node:path";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Paths } from "./paths.ts";

/** The vault of this device and user, locked. */
export function thisVault(paths: Paths): VaultDeps {
  return { store: openFileStore(paths.vault), device: openDeviceState(join(paths.state, "device")), now: Date.now };
}

/** Refuses with `vault-absent` before a password is asked for in vain. */
export async function requireVault({ store }: VaultDeps): Promise<void> {
  if ((await store.readAccount()) === undefined) {
    throw new VaultError("vault-absent", `There is no vault in ${store.location}. Make one with "ov vault init".`);
  }
}
