import { type Command, Option } from "commander";
import { asKdfProfile, type KdfProfile } from "#core/crypto/passphrase-key.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { acceptRestore, createVault, unlockVault } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import { kitFor } from "#mcp/device/replace-kit.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword, askNewMasterPassword } from "../ask-master-password.ts";
import { askHidden, askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { handOverInForce } from "../recovery/hand-over-kit.ts";
import { requireWayForCode } from "../recovery/kit-file.ts";
import type { RecoverOptions } from "../recovery/recover.ts";
import { showVaultStatus } from "../show-status.ts";
import { withTerminal } from "../terminal.ts";

const KIT_FILE = "write the recovery kit to this new file instead of showing it; .html makes a page to print";

interface CodeOptions {
  readonly recoveryFile?: string;
  readonly kdfProfile?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .command("init")
    .description("make a vault: asks for a master password and shows a recovery kit once")
    .option("--recovery-file <file>", KIT_FILE)
    .addOption(profileOption())
    .action((options: CodeOptions) => init(cli, options));

  command
    .command("status")
    .description("show whether there is a vault, and whether it is unlocked")
    .option("--json", "as JSON")
    .action((options: { json?: true }) => showVaultStatus(cli, options.json === true));

  command
    .command("change-password")
    .description("choose another master password; secrets stay as they are")
    .addOption(profileOption())
    .action((options: CodeOptions) => changePassword(cli, options));

  command
    .command("recover")
    .description("open the vault with its recovery code or kit, choose a new master password, and get a new kit")
    .option("--code-file <file>", "read the recovery code, or a whole kit, from this file instead of asking for it")
    .option("--recovery-file <file>", KIT_FILE)
    .option("--from <backup>", "on a new machine: the vault in this backup of ov export")
    .option("--server <url>", "on a new machine: the vault on this server; no other device is needed")
    .option("--account <id>", "with --server: the account, as the kit says it")
    .option("--server-id <hex>", "with --server: its identity, instead of comparing its words")
    .action(async (options: RecoverOptions) => {
      const { recover } = await import("../recovery/recover.ts");
      return recover(cli, options);
    });

  command
    .command("move")
    .description("move the vault to a server, or from there to this machine; the old one stays as a backup file")
    .requiredOption("--to <where>", "a server's address, or local")
    .option("--server-id <hex>", "the server's identity, instead of comparing its words")
    .option("--invite <code>", "an invite code of that server, if it takes no new accounts without one")
    .action(async (options: { to: string; serverId?: string; invite?: string }) => {
      const { moveVault } = await import("../server/move-vault.ts");
      return moveVault(cli, options.to, options.serverId, options.invite);
    });

  command
    .command("accept-restore")
    .description("go on with an older copy of the vault that you put back on purpose")
    .action(() => takeRestore(cli));
}

async function init(cli: Cli, options: CodeOptions): Promise<void> {
  const vault = await thisVault(cli.paths);
  if ((await vault.store.readAccount()) !== undefined) {
    throw new VaultError(
      "vault-exists",
      `There is a vault in ${vault.store.location} already. Open it with "ov unlock".`,
    );
  }
  requireWayForCode(options.recoveryFile);
  const password = await askNewMasterPassword(cli.env);
  const profile = profileOf(options);
  const { session, recoveryCode } = await createVault(vault, password, profile === undefined ? {} : { profile });
  wipe(password);
  const kit = await kitFor(cli.paths, session, recoveryCode).finally(() => session.lock());
  say(`Made a vault in ${vault.store.location}.`);
  await handOverInForce(kit, options.recoveryFile);
  say('Next: "ov unlock", then "ov secret create app/environment/NAME".');
}

async function changePassword(cli: Cli, options: CodeOptions): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  const old = await askMasterPassword(cli.env, "change the master password");
  const session = await unlockVault(vault, old);
  try {
    const next = await askNewMasterPassword(cli.env);
    await session.changePassword(old, next, profileOf(options));
    wipe(next);
    say("The master password is changed. The recovery code stays the same.");
  } finally {
    session.lock();
    wipe(old);
  }
}

async function takeRestore(cli: Cli): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  const password = await withTerminal("Accepting an older vault", async (terminal) => {
    say("This device has seen a newer state of this vault. Going on with the older one loses what was written since,");
    say("and brings back secrets and passwords that were changed since. Only do it if you put the copy back yourself.");
    if (!(await askYes(terminal, "Go on with the older vault?"))) return undefined;
    return Buffer.from(await askHidden(terminal, "Master password of that copy:"), "utf8");
  });
  if (password === undefined) return say("Nothing was changed.");
  const session = await acceptRestore(vault, password);
  wipe(password);
  session.lock();
  say("Done: this device goes on from the older vault.");
}

function profileOption(): Option {
  return new Option(
    "--kdf-profile <number>",
    "how much work a guess at the password costs; 2 is three times 1",
  ).choices(["1", "2"]);
}

function profileOf({ kdfProfile }: CodeOptions): KdfProfile | undefined {
  return kdfProfile === undefined ? undefined : asKdfProfile(Number(kdfProfile));
}
