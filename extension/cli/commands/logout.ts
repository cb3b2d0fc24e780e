import type { Command } from "commander";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { leaveServer, lockHolders, requireServer } from "../server/logged-in.ts";

export function define(command: Command, cli: Cli): void {
  command
    .option("--force", "also if the server can't be told, or entries of the audit log wait to be sent")
    .action((options: { force?: true }) => logout(cli, options.force === true));
}

async function logout(cli: Cli, force: boolean): Promise<void> {
  const { link, store, login, client } = requireServer(cli);
  await lockHolders(cli);
  let wasTold = true;
  try {
    await store.audit.flush();
    await link.ask({ method: "DELETE", path: `/devices/${login.device.id}` });
  } catch (error) {
    if (!isVaultError(error, "server-unreachable", "login-failed", "server-changed", "server-refused")) throw error;
    // Then the server has ended this device already.
    wasTold = error.code === "login-failed";
    if (!force && !wasTold) {
      throw new VaultError(error.code, `${error.message} "ov logout --force" forgets the login here all the same.`);
    }
  }
  client.close();
  leaveServer(cli);
  say("Logged out: the login and the cache of this device are gone.");
  if (!wasTold)
    say(`The server was not told. Remove ${login.device.id} there with "ov devices remove" on another device.`);
}
