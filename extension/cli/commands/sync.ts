import type { Command } from "commander";
import { syncCache } from "#core/store/remote/sync.ts";
import { requireServer } from "#mcp/device/use-server.ts";
import { DEFAULT_OFFLINE_HOURS, readUserConfig } from "#mcp/device/user-config.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command.action(() => sync(cli));
}

/** Needs no password: all of it is ciphertext. */
async function sync(cli: Cli): Promise<void> {
  const { store, link, cache, client } = requireServer(cli.paths);
  const { environments, secrets, sent } = await syncCache(store, link, cache).finally(() => client.close());
  const hours = readUserConfig(cli.paths.config).offline_hours ?? DEFAULT_OFFLINE_HOURS;
  if (sent > 0) say(`Sent ${sent} entries of the audit log that had waited.`);
  say(`Fetched ${environments} environments with ${secrets} records. For ${hours} hours they can be used offline.`);
}
