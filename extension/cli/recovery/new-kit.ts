import { wipe } from "#core/crypto/wipe.ts";
import { replaceKit } from "#mcp/device/replace-kit.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askMasterPassword } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { handOverKit } from "./hand-over-kit.ts";
import { requireWayForCode } from "./kit-file.ts";

/** The old code works until the new kit is confirmed: who gives up half way keeps what they had. */
export async function newKit(cli: Cli, file: string | undefined): Promise<void> {
  await requireVault(await thisVault(cli.paths));
  requireWayForCode(file);
  const password = await askMasterPassword(cli.env, "make a new recovery kit");
  try {
    await replaceKit(cli.paths, password, (kit) => handOverKit(kit, file));
  } finally {
    wipe(password);
  }
  say("This kit is the one from now on. The code of the one before opens nothing any more: destroy it.");
}
