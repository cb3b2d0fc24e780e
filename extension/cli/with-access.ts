import { wipe } from "#core/crypto/wipe.ts";
import { LocalAccess } from "#core/run/local-access.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { askMasterPassword } from "./ask-master-password.ts";
import { attachToAgent } from "./attach-to-agent.ts";
import type { Cli } from "./cli.ts";
import { requireVault, thisVault } from "./this-vault.ts";

export type OpenedVault =
  | { readonly kind: "agent"; readonly access: VaultAccess }
  /** Unlocked in this process for this one command, by the password, which is wiped at the end. */
  | { readonly kind: "here"; readonly access: VaultAccess; readonly password: Uint8Array };

/**
 * Runs `use` with the vault: that of an unlocked agent or window where there is one; else asks for the master
 * password, and locks again at the end. `purpose` completes "Master password, to …".
 */
export async function withAccess<T>(
  cli: Cli,
  purpose: string,
  use: (opened: OpenedVault) => Promise<T>,
  /** "terminal" = OV_ASKPASS won't do, since the password is to prove a person. */
  from: "anywhere" | "terminal" = "anywhere",
): Promise<T> {
  const agent = await attachToAgent(cli);
  if (agent !== undefined) return use({ kind: "agent", access: agent });
  const vault = thisVault(cli.paths);
  await requireVault(vault);
  const env = from === "terminal" ? {} : cli.env;
  const password = await askMasterPassword(env, `Master password, to ${purpose}:`);
  try {
    const access = new LocalAccess(await unlockVault(vault, password), { idleMs: ONE_COMMAND_MS });
    try {
      return await use({ kind: "here", access, password });
    } finally {
      await access.lock();
    }
  } finally {
    wipe(password);
  }
}

/** For a prompt left standing; while a command runs, its lease keeps the session open. */
const ONE_COMMAND_MS = 60 * 60_000;
