import type { VaultAccess } from "#core/run/vault-access.ts";
import { attachToAgent } from "./attach-to-agent.ts";
import { isByToken } from "./by-token.ts";
import type { Cli } from "./cli.ts";

export type OpenedVault =
  | { readonly kind: "agent"; readonly access: VaultAccess }
  /** What a machine's token reads. Nobody is asked: its making was the yes. */
  | { readonly kind: "token"; readonly access: VaultAccess }
  /** Unlocked in this process for this one command, by the password, which is wiped at the end. */
  | { readonly kind: "here"; readonly access: VaultAccess; readonly password: Uint8Array };

/**
 * Runs `use` with the vault: what OV_TOKEN reads, else that of an unlocked agent or window where there is one; else asks
 * for the master password, and locks again at the end. `purpose` completes "Master password, to …".
 */
export async function withAccess<T>(
  cli: Cli,
  purpose: string,
  use: (opened: OpenedVault) => Promise<T>,
  /** "terminal" = OV_ASKPASS won't do, since the password is to prove a person. */
  from: "anywhere" | "terminal" = "anywhere",
): Promise<T> {
  if (isByToken(cli.env)) {
    const { withToken } = await import("./token-session.ts");
    return withToken(cli, use);
  }
  const agent = await attachToAgent(cli);
  if (agent !== undefined) return use({ kind: "agent", access: agent });
  // Loaded only now: with an agent, all of the cryptography stays out of this process, and out of its start.
  const { withVaultHere } = await import("./open-here.ts");
  return withVaultHere(cli.paths, from === "terminal" ? {} : cli.env, purpose, use);
}
