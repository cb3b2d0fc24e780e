import { wipe } from "#core/crypto/wipe.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { isVaultError } from "#core/vault-error.ts";
import { forwardTo } from "#mcp/attach.ts";
import { findAgent } from "#mcp/device/find-agent.ts";
import { serverDeps } from "#mcp/device/process-deps.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { DEFAULT_LOCK_MINUTES, readUserConfig } from "#mcp/device/user-config.ts";
import { serveStdio } from "#mcp/serve-stdio.ts";
import { askMasterPassword } from "./ask-master-password.ts";
import type { Cli } from "./cli.ts";
import { type HeldVault, holdVault } from "./hold-vault.ts";
import { say } from "./print.ts";

/**
 * `ov mcp serve`: serves at once, since clients wait only seconds for it. Calls go to an unlocked agent or window
 * where there is one; else the vault is opened here, if someone gives the password; else they answer `vault-locked`.
 */
export async function serve(cli: Cli): Promise<void> {
  let own: HeldVault | undefined;
  const opening = openHere(cli).then((held) => {
    own = held;
    // Its shells hold values, and live on this process's side.
    void held?.ended.then(() => deps.shells.closeAll());
  });
  const deps = serverDeps(cli, {
    forward: forwardTo(() => findAgent(cli.paths)),
    access: async () => {
      await Promise.race([opening, wait(OPENING_MS)]);
      return own === undefined || own.isLocked ? undefined : own.access;
    },
  });
  // A held vault answers signals by locking; this process ends by them too.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => process.stdin.destroy());
  // Two readers of one terminal would share the keys of the password among them.
  if (process.stdin.isTTY) await opening;
  try {
    await serveStdio(deps);
  } finally {
    await own?.close();
    deps.matchers.close();
  }
}

/** Asks only where a person sees the question: on OV_ASKPASS, or if stderr is their terminal. Clients use pipes. */
async function openHere(cli: Cli): Promise<HeldVault | undefined> {
  if ((await findAgent(cli.paths)) !== undefined) return undefined;
  if (!cli.env.OV_ASKPASS && !process.stderr.isTTY) return undefined;
  try {
    const vault = await thisVault(cli.paths);
    if ((await vault.store.readAccount()) === undefined) return undefined;
    const password = await askMasterPassword(cli.env, "serve an AI agent");
    const session = await unlockVault(vault, password).finally(() => wipe(password));
    const minutes = readUserConfig(cli.paths.config).lock_after_minutes ?? DEFAULT_LOCK_MINUTES;
    return await holdVault(cli, session, { idleMs: minutes * 60_000 });
  } catch (error) {
    if (!isVaultError(error)) throw error;
    say(`ov: ${error.message} Serving with the vault locked.`);
    return undefined;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** A call that comes while the vault is being opened waits so long for it, in ms. */
const OPENING_MS = 10_000;
