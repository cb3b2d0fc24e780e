import type { Command } from "commander";
import { wipe } from "#core/crypto/wipe.ts";
import { beginLogin, requireAccount } from "#mcp/device/log-in.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { requireNoLogin } from "#mcp/device/use-server.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { askPassword, askText } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { confirmAccount } from "../server/confirm-account.ts";
import { confirmServer } from "../server/confirm-server.ts";
import { withTerminal } from "../terminal.ts";

interface Options {
  readonly account?: string;
  readonly serverId?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument("<url>", "the server's address, such as https://vault.example.com")
    .option("--account <id>", "the account, as `ov devices` shows it on another device")
    .option("--server-id <hex>", "the server's identity, instead of comparing its words")
    .addHelpText(
      "after",
      '\nFor the vault of this machine see "ov vault move --to". A vault that is here stays, unused.',
    )
    .action((url: string, options: Options) => login(cli, url, options));
}

/** A person at a terminal, always: the password's proof goes to a server that nobody else may choose. */
async function login(cli: Cli, address: string, options: Options): Promise<void> {
  requireNoLogin(cli.paths);
  await withTerminal("Logging in to a server", async (terminal) => {
    const server = await confirmServer(cli, terminal, address, options.serverId);
    const account = requireAccount(
      options.account ?? (await askText(terminal, "Account:", readUserConfig(cli.paths.config).account)),
    );
    const password = await askPassword(terminal, "Master password:");
    const begun = await beginLogin(cli.paths, server, account, password).finally(() => wipe(password));
    await confirmAccount(terminal, begun, '"ov devices" shows the same words on your other devices.');
    await begun.accept();
    say(
      `Logged in to ${server.url}. "ov unlock" opens the vault there, "ov sync" fetches it for when you are offline.`,
    );
    const local = await localVault(cli.paths).store.readAccount();
    if (local !== undefined)
      say(`The vault in ${cli.paths.vault} stays as it is, and is used again after "ov logout".`);
  });
}
