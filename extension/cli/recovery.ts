import { existsSync, readFileSync } from "node:fs";
import { wipe } from "#core/crypto/wipe.ts";
import { recoverVault, unlockVault } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword, askNewMasterPassword } from "./ask-master-password.ts";
import { askHidden } from "./ask-person.ts";
import type { Cli } from "./cli.ts";
import { handOverCode, requireWayForCode } from "./hand-over-code.ts";
import { say } from "./print.ts";
import { withTerminal } from "./terminal.ts";

export interface RecoveryOptions {
  readonly recoveryFile?: string;
  readonly codeFile?: string;
}

export async function recover(cli: Cli, options: RecoveryOptions): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  requireWayForCode(options.recoveryFile);
  const code = await readCode(options.codeFile);
  const password = await askNewMasterPassword(cli.env);
  const { session, recoveryCode } = await recoverVault(vault, code, password);
  wipe(password);
  session.lock();
  say("The vault has a new master password. The recovery code that you used is spent; this is the new one.");
  await handOverCode(recoveryCode, options.recoveryFile);
}

export async function newRecoveryCode(cli: Cli, options: RecoveryOptions): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  requireWayForCode(options.recoveryFile);
  const password = await askMasterPassword(cli.env, "make a new recovery code");
  try {
    const session = await unlockVault(vault, password);
    const code = await session.newRecoveryCode(password).finally(() => session.lock());
    await handOverCode(code, options.recoveryFile);
  } finally {
    wipe(password);
  }
}

async function readCode(file: string | undefined): Promise<string> {
  if (file === undefined) {
    return withTerminal("Typing the recovery code", (terminal) => askHidden(terminal, "Recovery code:"));
  }
  if (!existsSync(file))
    throw new VaultError("file-not-found", `There is no file ${file}. Name the file that holds the recovery code.`);
  return readFileSync(file, "utf8").trim();
}
