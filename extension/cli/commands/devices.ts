import type { Command } from "commander";
import { asId } from "#core/store/store.ts";
import { VaultError } from "#core/vault-error.ts";
import { readDevices, removeDevice } from "#mcp/device/account-devices.ts";
import { requireServer } from "#mcp/device/use-server.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { formatTime, printJson, printTable, say } from "../print.ts";
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
    .option("--new-keys", "give every environment new keys afterwards without asking")
    .option("--no-new-keys", "don't ask for new keys")
    .action((id: string, options: { newKeys?: boolean }) => remove(cli, id, options.newKeys));
}

async function list(cli: Cli, json: boolean): Promise<void> {
  const { url, serverId, serverWords, account, accountWords, devices } = await readDevices(cli.paths);
  if (json) {
    return printJson({
      ...{ server: url, server_id: serverId.toString("hex"), server_words: serverWords },
      ...{ account, account_words: accountWords },
      devices: devices.map(({ id, isThisOne, enrolledAt, seenAt }) => ({
        ...{ id, this_device: isThisOne },
        ...{ enrolled_at: new Date(enrolledAt).toISOString(), seen_at: new Date(seenAt).toISOString() },
      })),
    });
  }
  say(`server   ${url}\n         ${serverWords.join(" ")}`);
  say(`account  ${account}\n         ${accountWords.join(" ")}\n`);
  printTable(
    ["DEVICE", "", "ENROLLED", "LAST SEEN"],
    devices.map(({ id, isThisOne, enrolledAt, seenAt }) => [
      ...[id, isThisOne ? "this one" : ""],
      ...[formatTime(enrolledAt), formatTime(seenAt)],
    ]),
  );
}

async function remove(cli: Cli, text: string, newKeys: boolean | undefined): Promise<void> {
  requireServer(cli.paths).client.close();
  const id = asId(text);
  if (id === undefined)
    throw new VaultError("argument-invalid", 'A device is 32 digits and letters a-f. See "ov devices".');
  const yes = await withTerminal("Removing a device", (terminal) => askYes(terminal, `End the device ${id}?`));
  if (!yes) throw new VaultError("cancelled", "Nothing was changed.");
  await removeDevice(cli.paths, id);
  say(`${id} is ended. What it has read before, it still has: change secrets that must not be known there.`);
  const question = "Give every environment new keys, so that what the device holds opens nothing new?";
  const turn = newKeys ?? (await withTerminal("Turning keys", (terminal) => askYes(terminal, question)));
  if (!turn)
    return say('A lost device: "ov env rotate-key" gives an environment new keys. See docs/guides/recovery.md.');
  const { turnAllKeys } = await import("../server/turn-keys.ts");
  await turnAllKeys(cli);
}
