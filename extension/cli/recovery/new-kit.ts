import { randomBuffer } from "#core/crypto/random.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { CODE_BYTES, formatRecoveryCode } from "#core/vault/recovery-code.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { handOverKit, kitFor } from "./hand-over-kit.ts";
import { requireWayForCode } from "./kit-file.ts";

/** The old code works until the new kit is confirmed: who gives up half way keeps what they had. */
export async function newKit(cli: Cli, file: string | undefined): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  requireWayForCode(file);
  const password = await askMasterPassword(cli.env, "make a new recovery kit");
  const code = randomBuffer(CODE_BYTES);
  try {
    const session = await unlockVault(vault, password);
    try {
      await handOverKit(await kitFor(cli, session, formatRecoveryCode(code)), file);
      await session.newRecoveryCode(password, code);
    } finally {
      session.lock();
    }
  } finally {
    wipe(password, code);
  }
  say("This kit is the one from now on. The code of the one before opens nothing any more: destroy it.");
}
