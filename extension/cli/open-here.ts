import { wipe } from "#core/crypto/wipe.ts";
import { localAccess } from "#core/run/local-access.ts";
import { unlockVault } from "#core/vault/vault.ts";
import type { Paths } from "#mcp/device/paths.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword } from "./ask-master-password.ts";
import type { OpenedVault } from "./with-access.ts";

/** Asks for the master password, runs `use` with the vault in this process, and locks it again. */
export async function withVaultHere<T>(
  paths: Paths,
  env: NodeJS.ProcessEnv,
  purpose: string,
  use: (opened: OpenedVault) => Promise<T>,
): Promise<T> {
  const vault = await thisVault(paths);
  await requireVault(vault);
  const password = await askMasterPassword(env, purpose);
  try {
    const access = localAccess(await unlockVault(vault, password), { idleMs: ONE_COMMAND_MS });
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
