import type { Session } from "#core/vault/session.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import type { Cli } from "../cli.ts";
import type { Terminal } from "../terminal.ts";
import { withPassword } from "../with-approval.ts";

/**
 * Opens the vault in this process, for values that leave it: with the master password typed at the terminal for this very
 * purpose. No unlocked agent is asked, so none has a call for it; and OV_ASKPASS proves no person.
 */
export async function unlockHere<T>(cli: Cli, terminal: Terminal, use: (session: Session) => Promise<T>): Promise<T> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  const session = await withPassword(terminal, (password) => unlockVault(vault, password));
  try {
    return await use(session);
  } finally {
    session.lock();
  }
}
