import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { findPaths, type Paths } from "#mcp/device/paths.ts";
import type { Window } from "#vscode/window.ts";
import { WindowVault } from "#vscode/window-vault.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

export interface WindowOnDisk {
  readonly window: Window;
  readonly vault: WindowVault;
  readonly paths: Paths;
  /** Of the person, where files are saved. */
  readonly home: string;
}

/** A window whose vault lies in a folder of its own, with no vault yet. Its context is shop/dev. */
export function windowOnDisk(): WindowOnDisk {
  const root = mkdtempSync(join(ROOT, "window-"));
  const home = join(root, "home");
  mkdirSync(home);
  const paths = findPaths({ OV_HOME: join(root, "ov") });
  const own = { env: {}, cwd: home, home, paths };
  const vault = new WindowVault(own, {
    idleMs: () => 3_600_000,
    onCanary: () => {},
    onAlarm: () => {},
    onServer: () => {},
  });
  const window = {
    own,
    vault,
    unlocked: async (): Promise<VaultAccess> => vault.access!, // these tests unlock it
    remote: { face: { kind: "none" }, look: () => {} },
    context: { label: async () => "shop/dev", folder: "/project" },
    extension: { subscriptions: [] },
    prepare: () => {},
    atClose: [],
    log: () => {},
  };
  // The parts that imports and exports use.
  return { window: window as unknown as Window, vault, paths, home };
}

const ROOT = temporaryFolder("ov-windows-");
