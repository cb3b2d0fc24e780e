import { createReadStream, existsSync, readFileSync } from "node:fs";
import { wipe } from "#core/crypto/wipe.ts";
import { recoverBackup, refuseOlder } from "#core/recovery/recover-backup.ts";
import { type KitCounters, readKit, refuseOtherThanKit } from "#core/recovery/recovery-kit.ts";
import { readSealedAccount } from "#core/vault/account.ts";
import { requireNoVault } from "#core/vault/backup.ts";
import { type NewVault, recoverVault } from "#core/vault/vault.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import { VaultError } from "#core/vault-error.ts";
import { kitFor } from "#mcp/device/replace-kit.ts";
import { withScratchVault } from "#mcp/device/scratch.ts";
import { localVault, requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askNewMasterPassword } from "../ask-master-password.ts";
import { askHidden } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import { handOverInForce } from "./hand-over-kit.ts";
import { requireWayForCode } from "./kit-file.ts";

export interface RecoverOptions {
  readonly recoveryFile?: string;
  readonly codeFile?: string;
  readonly from?: string;
  readonly server?: string;
  readonly account?: string;
  readonly serverId?: string;
}

type TypedKit = ReturnType<typeof readKit>;

/** A new master password by the recovery code, or by a kit: of this machine's vault, of a backup, or of a server. */
export async function recover(cli: Cli, options: RecoverOptions): Promise<void> {
  if (options.from !== undefined && options.server !== undefined) {
    throw new VaultError("argument-invalid", "Name a backup with --from or a server with --server, and not both.");
  }
  requireWayForCode(options.recoveryFile);
  if (options.from !== undefined) {
    await requirePlaceFor(cli, options.from);
    return finish(cli, options, await ofBackup(cli, options.from, await readTyped(options.codeFile)));
  }
  if (options.server !== undefined) {
    const { enrolByKit } = await import("./enrol-by-kit.ts");
    await enrolByKit(cli, options.server, options, await readTyped(options.codeFile), (kit) =>
      ofThisVault(cli, options, kit),
    );
    return;
  }
  await requireVault(await thisVault(cli.paths));
  await ofThisVault(cli, options, await readTyped(options.codeFile));
}

async function ofThisVault(cli: Cli, options: RecoverOptions, kit: TypedKit): Promise<void> {
  const vault = await thisVault(cli.paths);
  await refuseOther(vault, kit);
  const password = await askNewMasterPassword(cli.env);
  await finish(cli, options, await recoverVault(vault, kit.code, password).finally(() => wipe(password)), kit.counters);
}

/** What is known of the kit is compared before a password is chosen in vain, and before the code is tried. */
async function refuseOther(vault: VaultDeps, kit: TypedKit): Promise<void> {
  const stored = await vault.store.readAccount();
  if (stored !== undefined) refuseOtherThanKit(kit, readSealedAccount(stored.bytes));
}

/** Before a code is typed in vain. */
async function requirePlaceFor(cli: Cli, file: string): Promise<void> {
  if (!existsSync(file))
    throw new VaultError("file-not-found", `There is no file ${file}. Name a backup that "ov export" wrote.`);
  await requireNoVault(localVault(cli.paths));
}

async function ofBackup(cli: Cli, file: string, kit: TypedKit): Promise<NewVault> {
  const password = await askNewMasterPassword(cli.env);
  try {
    const target = localVault(cli.paths);
    const { summary, ...recovered } = await withScratchVault(cli.paths, "recover-", (scratch) =>
      recoverBackup(target, scratch, createReadStream(file), kit, password),
    );
    say(`Restored the vault to ${target.store.location}; every secret was decrypted and checked:`);
    for (const { context, secrets } of summary.environments) say(`  ${context}: ${secrets} secrets`);
    return recovered;
  } finally {
    wipe(password);
  }
}

async function finish(
  cli: Cli,
  options: RecoverOptions,
  { session, recoveryCode }: NewVault,
  old?: KitCounters,
): Promise<void> {
  const kit = await kitFor(cli.paths, session, recoveryCode).finally(() => session.lock());
  if (old !== undefined) warnIfOlder(kit.counters, old);
  say("The vault has a new master password. The recovery code that you used is spent; a new kit comes now.");
  say(
    `Compare with the old kit: account ${kit.account}, counter ${kit.counters.account}, ${kit.words.slice(0, 4).join(" ")} …`,
  );
  await handOverInForce(kit, options.recoveryFile);
}

/** Of a vault in its place: which environments there are shows only once it is open. */
function warnIfOlder(found: KitCounters, old: KitCounters): void {
  try {
    refuseOlder(found, old);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    say(`Careful: ${error.message}`);
  }
}

/** A typed code, or the file of a code or a kit: a typing error ends it here, before anything is tried. */
async function readTyped(file: string | undefined): Promise<TypedKit> {
  if (file === undefined) {
    return readKit(await withTerminal("Typing the recovery code", (terminal) => askHidden(terminal, "Recovery code:")));
  }
  if (!existsSync(file))
    throw new VaultError(
      "file-not-found",
      `There is no file ${file}. Name the file that holds the recovery code, or the kit.`,
    );
  return readKit(readFileSync(file, "utf8"));
}
