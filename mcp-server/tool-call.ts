import type { Ask, VaultAccess } from "#core/run/vault-access.ts";
import { VaultError } from "#core/vault-error.ts";
import type { AskSecret, Place, ServerDeps } from "#mcp/server-deps.ts";

/** One call of one tool, as the tool sees it. */
export interface ToolCall {
  readonly deps: ServerDeps;
  /** Where the client works. */
  readonly place: Place;
  /** The client as it names itself: one short line, safe to show. */
  readonly client: string;
  /** Asks a person for approval; undefined when nobody can be asked here. */
  readonly ask: Ask | undefined;
  /** Asks a person for a new value; undefined when nobody can be asked here. */
  readonly askSecret: AskSecret | undefined;
  /** Aborts when the client cancels or goes away. */
  readonly signal: AbortSignal;
  /** The folders that a run's folder and an imported file must lie in. */
  roots(): Promise<readonly string[]>;
}

/** The unlocked vault, or vault-locked with what a person can do. */
export async function unlockedVault(call: ToolCall): Promise<VaultAccess> {
  const access = await call.deps.access();
  if (access !== undefined) return access;
  throw new VaultError("vault-locked", UNLOCK);
}

export const UNLOCK =
  'The vault is locked. Have a person run "ov unlock" in a terminal of their own, or unlock it in VS Code, then try again.';
