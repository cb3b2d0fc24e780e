import type { Command } from "commander";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import { type LoggedOut, logOut } from "#mcp/device/log-out.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command
    .option("--force", "also if the server can't be told, or entries of the audit log wait to be sent")
    .action((options: { force?: true }) => logout(cli, options.force === true));
}

async function logout(cli: Cli, force: boolean): Promise<void> {
  const { device, wasServerTold } = await logOut(cli.paths, force).catch(tellOfForce);
  say("Logged out: the login and the cache of this device are gone.");
  if (!wasServerTold)
    say(`The server was not told. Remove ${device} there with "ov devices remove" on another device.`);
}

function tellOfForce(error: unknown): LoggedOut {
  if (!isVaultError(error, "server-unreachable", "server-changed", "server-refused")) throw error;
  throw new VaultError(error.code, `${error.message} "ov logout --force" forgets the login here all the same.`);
}
