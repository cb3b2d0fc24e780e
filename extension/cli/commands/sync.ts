import type { Command } from "commander";
import { type Synced, syncCache } from "#core/store/remote/sync.ts";
import type { OwnInvite } from "#core/store/store.ts";
import { requireServer } from "#mcp/device/use-server.ts";
import { DEFAULT_OFFLINE_HOURS, readUserConfig } from "#mcp/device/user-config.ts";
import { attachToAgent } from "../attach-to-agent.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { tellConfirmed, tellJoined } from "../share/tell.ts";

export function define(command: Command, cli: Cli): void {
  command.action(() => sync(cli));
}

/** Needs no password: all of it is ciphertext. */
async function sync(cli: Cli): Promise<void> {
  const { store, link, cache, client } = requireServer(cli.paths);
  try {
    tellSynced(cli, await syncCache(store, link, cache));
    await catchUp(cli, await store.sharing.invites());
  } finally {
    client.close();
  }
}

function tellSynced(cli: Cli, { environments, secrets, sent }: Synced): void {
  const hours = readUserConfig(cli.paths.config).offline_hours ?? DEFAULT_OFFLINE_HOURS;
  if (sent > 0) say(`Sent ${sent} entries of the audit log that had waited.`);
  say(`Fetched ${environments} environments with ${secrets} records. For ${hours} hours they can be used offline.`);
}

/** Keys are given and taken where the vault is unlocked; what the server has of it shows without. */
async function catchUp(cli: Cli, invites: readonly OwnInvite[]): Promise<void> {
  const agent = await attachToAgent(cli);
  if (agent !== undefined) {
    const { confirmed, joined } = await agent.catchUp();
    tellConfirmed(confirmed);
    return tellJoined(joined);
  }
  if (invites.every(({ accepted }) => accepted === undefined)) return;
  say('Somebody accepted an invite of yours, and waits for the keys. Run "ov share confirm".');
}
