import type { Command } from "commander";
import { serverWords } from "#core/crypto/server-words.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { type Enrolled, enrolDevice } from "#core/store/remote/login.ts";
import type { SealedClient } from "#core/store/remote/sealed-client.ts";
import { asId, type Id } from "#core/store/store.ts";
import { VaultError } from "#core/vault-error.ts";
import { readServerLogin } from "#mcp/device/server-login.ts";
import { clientOf } from "#mcp/device/this-server.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { askPassword, askText, askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { confirmServer, inRows } from "../server/confirm-server.ts";
import { lockHolders, useServer } from "../server/logged-in.ts";
import { type Terminal, withTerminal } from "../terminal.ts";

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
  if (readServerLogin(cli.paths) !== undefined && readUserConfig(cli.paths.config).server !== undefined) {
    throw new VaultError("argument-invalid", 'This device is logged in already. Run "ov logout" first.');
  }
  await withTerminal("Logging in to a server", async (terminal) => {
    const { url, serverId } = await confirmServer(cli, terminal, address, options.serverId);
    const account = requireAccount(
      options.account ?? (await askText(terminal, "Account:", readUserConfig(cli.paths.config).account)),
    );
    const { device } = localVault(cli.paths);
    const client = clientOf(cli.paths, url, serverId, device);
    const password = await askPassword(terminal, "Master password:");
    const enrolled = await enrolDevice(client, account, password, device).finally(() => wipe(password));
    await confirmAccount(terminal, client, enrolled);
    await lockHolders(cli);
    useServer(cli, url, serverId, { account, ...enrolled });
    client.close();
    say(`Logged in to ${url}. "ov unlock" opens the vault there, "ov sync" fetches it for when you are offline.`);
    const local = await localVault(cli.paths).store.readAccount();
    if (local !== undefined)
      say(`The vault in ${cli.paths.vault} stays as it is, and is used again after "ov logout".`);
  });
}

async function confirmAccount(
  terminal: Terminal,
  client: SealedClient,
  { fingerprint, device }: Enrolled,
): Promise<void> {
  const words = serverWords(fingerprint);
  terminal.output.write(`\r\nYour account is:\r\n\r\n${inRows(words)}\r\n\r\n`);
  terminal.output.write('"ov devices" shows the same words on your other devices.\r\n');
  if (await askYes(terminal, "Are these the words?")) return;
  const key = { id: Buffer.from(device.id, "hex"), secret: device.secret };
  await client.call({ method: "DELETE", path: `/devices/${device.id}`, device: key }).catch(() => {});
  throw new VaultError(
    "cancelled",
    "This device was not logged in. Compare the account's id, and ask the server's owner.",
  );
}

function requireAccount(text: string): Id {
  const account = asId(text.trim().toLowerCase());
  if (account !== undefined) return account;
  throw new VaultError(
    "argument-invalid",
    'An account is 32 digits and letters a-f. "ov devices" shows it on another device.',
  );
}
