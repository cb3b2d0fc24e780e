import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import type { Paths } from "./paths.ts";
import { makePrivateFolder } from "./private-file.ts";

/** An empty place for a vault that is opened and checked before it is put where it belongs. It is gone when `use` ends. */
export async function withScratchVault<T>(
  paths: Paths,
  prefix: string,
  use: (scratch: VaultDeps) => Promise<T>,
): Promise<T> {
  const folder = newScratch(paths, prefix);
  try {
    return await use({
      store: openFileStore(join(folder, "vault")),
      device: openDeviceState(join(folder, "state")),
      now: Date.now,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder of its own beside the device's state, which the caller removes. `prefix` says whose a forgotten one is. */
export function newScratch(paths: Paths, prefix: string): string {
  makePrivateFolder(paths.state);
  return mkdtempSync(join(paths.state, prefix));
}
