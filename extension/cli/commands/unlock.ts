import type { Command } from "commander";
import { wipe } from "#core/crypto/wipe.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { checkSetting, DEFAULT_LOCK_MINUTES, readUserConfig } from "#mcp/device/user-config.ts";
import { askMasterPassword } from "../ask-master-password.ts";
import { attachToAgent } from "../attach-to-agent.ts";
import type { Cli } from "../cli.ts";
import { holdVault } from "../hold-vault.ts";
import { say } from "../print.ts";
import { startAgent } from "../start-agent.ts";

interface Options {
  readonly lockAfter?: string;
  readonly foreground?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .option("--lock-after <minutes>", "lock after so many minutes without a use (default: ov config, else 15)")
    .option("--foreground", "hold the vault in this process until Ctrl-C, ov lock or idleness")
    .action((options: Options) => unlock(cli, options));
}

async function unlock(cli: Cli, options: Options): Promise<void> {
  const minutes = minutesOf(cli, options);
  if (await isUnlocked(cli)) return say("The vault is unlocked already.");
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  const password = await askMasterPassword(cli.env, "hold it unlocked");
  try {
    if (!options.foreground) {
      await startAgent(cli, password, minutes);
      return say(`Unlocked. It locks after ${minutes} minutes without a use, and by "ov lock".`);
    }
    const held = await holdVault(cli, await unlockVault(vault, password), { idleMs: minutes * 60_000 });
    wipe(password);
    say(`Unlocked. It locks after ${minutes} minutes without a use, by "ov lock", and when this process ends.`);
    await held.ended;
    say("Locked.");
  } finally {
    wipe(password);
  }
}

async function isUnlocked(cli: Cli): Promise<boolean> {
  const agent = await attachToAgent(cli);
  return agent !== undefined && (await agent.status()).kind === "unlocked";
}

function minutesOf(cli: Cli, { lockAfter }: Options): number {
  if (lockAfter === undefined) return readUserConfig(cli.paths.config).lock_after_minutes ?? DEFAULT_LOCK_MINUTES;
  const { lock_after_minutes: minutes } = checkSetting("lock_after_minutes", lockAfter);
  if (minutes === undefined) throw new VaultError("argument-invalid", "--lock-after takes minutes from 1 to 1440.");
  return minutes;
}
