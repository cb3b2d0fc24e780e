import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localAccess } from "#core/run/local-access.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { Session } from "#core/vault/session.ts";
import { findPaths } from "#mcp/device/paths.ts";
import type { Window } from "#vscode/window.ts";
import { newVault } from "../../core/vault/fixture.ts";

export interface WindowWithVault {
  readonly window: Window;
  readonly access: VaultAccess;
  readonly session: Session;
  /** Where processes tell each other what they are at. */
  readonly runtime: string;
}

/** Nothing is there: every setting is the default. */
const HOME = "/nonexistent-opaquevault-home";

/** A window whose vault is unlocked, with the environment shop/dev. Its context is shop/dev too. */
export async function windowWithVault(): Promise<WindowWithVault> {
  const { session } = await newVault();
  const listeners = new Set<(state: { kind: string }) => void>();
  const access = localAccess(session, {
    idleMs: 3_600_000,
    onLock: () => {
      for (const listener of listeners) listener({ kind: "locked" });
    },
  });
  const onDidChange = (listener: (state: { kind: string }) => void) => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  };
  const { OpenRotations } = await import("#vscode/open-rotations.ts"); // after the fake of vscode
  const vault = { access, onDidChange };
  const runtime = mkdtempSync(join(tmpdir(), "ov-run-"));
  process.once("exit", () => rmSync(runtime, { recursive: true, force: true }));
  const window = {
    unlocked: async () => access,
    own: { paths: findPaths({ OV_HOME: HOME }), home: HOME, env: {}, cwd: HOME },
    vault,
    rotations: new OpenRotations(vault as unknown as Window["vault"], runtime),
    context: { label: async () => "shop/dev", folder: "/project" },
    extension: { subscriptions: [] },
    atClose: [],
    log: () => {},
  };
  // The parts that the commands on secrets use.
  return { window: window as unknown as Window, access, session, runtime };
}
