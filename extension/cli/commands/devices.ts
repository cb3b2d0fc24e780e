import type { Command } from "commander";
import { serverWords } from "#core/crypto/server-words.ts";
import { devicesOf } from "#core/store/remote/answers.ts";
import { asId } from "#core/store/store.ts";
import { readSealedAccount } from "#core/vault/account.ts";
import { fingerprint } from "#core/vault/identity.ts";
import { VaultError } from "#core/vault-error.ts";
import { requireVault } from "#mcp/device/this-vault.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { formatTime, printJson, printTable, say } from "../print.ts";
import { requireServer } from "../server/logged-in.ts";
import { withTerminal } from "../terminal.ts";

export function define(command: Command, cli: Cli): void {
  command
    .command("list", { isDefault: true })
    .description("list the devices of your account, and the words of it and of the server")
    .option("--json", "as JSON")
    .action((options: { json?: true }) => list(cli, options.json === true));
  command
    .command("remove")
    .description("end a device at once: the server takes no more calls of it")
    .argument("<id>", "the device, as `ov devices` shows it")
    .action((id: string) => remove(cli, id));
}

async function list(cli: Cli, json: boolean): Promise<void> {
  const { link, login, serverId, store, device, client } = requireServer(cli);
  await requireVault({ store, device, now: Date.now });
  const devices = devicesOf((await link.require({ method: "GET", path: "/devices" }, "the devices")).body);
  const sealed = readSealedAccount((await store.readAccount())!.bytes); // there is one: see above
  const accountWords = serverWords(fingerprint(sealed.account, sealed.identity));
  client.close();
  if (json) {
    return printJson({
      ...{ server: client.url, server_id: serverId.toString("hex"), server_words: serverWords(serverId) },
      ...{ account: login.account, account_words: accountWords },
      devices: devices.map(({ id, enrolledAt, seenAt }) => ({
        ...{ id, this_device: id === login.device.id },
        ...{ enrolled_at: new Date(enrolledAt).toISOString(), seen_at: new Date(seenAt).toISOString() },
      })),
    });
  }
  say(`server   ${client.url}\n         ${serverWords(serverId).join(" ")}`);
  say(`account  ${login.account}\n         ${accountWords.join(" ")}\n`);
  printTable(
    ["DEVICE", "", "ENROLLED", "LAST SEEN"],
    devices.map(({ id, enrolledAt, seenAt }) => [
      ...[id, id === login.device.id ? "this one" : ""],
      ...[formatTime(enrolledAt), formatTime(seenAt)],
    ]),
  );
}

async function remove(cli: Cli, text: string): Promise<void> {
  const { link, login, client } = requireServer(cli);
  const id = asId(text);
  if (id === undefined)
    throw new VaultError("argument-invalid", 'A device is 32 digits and letters a-f. See "ov devices".');
  if (id === login.device.id) throw new VaultError("argument-invalid", 'That is this device. Use "ov logout".');
  const yes = await withTerminal("Removing a device", (terminal) => askYes(terminal, `End the device ${id}?`));
  if (!yes) throw new VaultError("cancelled", "Nothing was changed.");
  const answer = await link.ask({ method: "DELETE", path: `/devices/${id}` });
  client.close();
  if ("code" in answer) {
    throw new VaultError("argument-invalid", `The account has no device ${id}. See "ov devices".`);
  }
  say(`${id} is ended. What it has read before, it still has: change secrets that must not be known there.`);
}
