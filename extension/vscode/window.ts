import type { ExtensionContext } from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import type { ActiveContext } from "./active-context.ts";
import type { ApprovalQueue } from "./approvals/approval-queue.ts";
import type { OpenRotations } from "./open-rotations.ts";
import type { WindowServer } from "./serve-window.ts";
import type { ServerState } from "./server/server-state.ts";
import type { SecretsView } from "./tree/secrets-view.ts";
import type { WindowContext } from "./window-context.ts";
import type { WindowVault } from "./window-vault.ts";

/** What the parts of this window share. Made once, in activate.ts. */
export interface Window {
  readonly own: ThisProcess;
  readonly extension: ExtensionContext;
  readonly vault: WindowVault;
  /** The server that the vault is on, if it is on one. */
  readonly remote: ServerState;
  readonly context: WindowContext;
  /** The context that the tree and the status bar show, which follows `.ov.yaml` too. */
  readonly active: ActiveContext;
  /** Rotations that were cut off. */
  readonly rotations: OpenRotations;
  /** The tree in the sidebar. */
  readonly secrets: SecretsView;
  readonly queue: ApprovalQueue;
  /** What runs and MCP tools work with; loaded with the first use. Refuses in a folder that nobody trusts. */
  deps(): Promise<ServerDeps>;
  /** Starts the window's server, if it isn't running. */
  server(): Promise<WindowServer>;
  /** Loads what an unlock and the server need, a little at a time; for while the person types the password. */
  prepare(): void;
  /** The unlocked vault; asks the person to unlock it where that is needed. Refuses with `cancelled` if they won't. */
  unlocked(): Promise<VaultAccess>;
  /** Waited for when the window closes, after the vault was locked: VS Code gives a few seconds. */
  readonly atClose: (() => Promise<void>)[];
  /** The local log. Lines hold no arguments, output or values. */
  log(line: string): void;
}
