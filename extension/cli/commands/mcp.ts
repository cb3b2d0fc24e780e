import type { Command } from "commander";
import { CLIENT_NAMES, CLIENTS, type ClientName } from "#mcp/client-setup/clients.ts";
import { planChange, showEntry } from "#mcp/client-setup/install.ts";
import { applyChange } from "../apply-change.ts";
import type { Cli } from "../cli.ts";
import { addInstallOptions, type InstallOptions } from "../install-options.ts";
import { launchOf } from "../mcp-launch.ts";
import { print, say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command
    .command("serve")
    .description("serve the tools to an AI agent on stdin and stdout; agents start this themselves")
    .action(async () => {
      const { serve } = await import("../serve.ts");
      await serve(cli);
    });

  addInstallOptions(command.command("install"), CLIENT_NAMES)
    .description(
      "add OpaqueVault to the configuration of AI agents; shows the change first and keeps a copy of the old file",
    )
    .action(async (options: InstallOptions<ClientName>) => {
      for (const name of new Set(options.client)) await install(cli, name, options);
    });
}

async function install(cli: Cli, name: ClientName, options: InstallOptions<ClientName>): Promise<void> {
  const client = CLIENTS[name];
  const places = { home: cli.home, project: cli.cwd, env: cli.env, platform: process.platform };
  const file = client.file(options.scope, places);
  // Through JSON, so that it is compared and written without the absent.
  const entry = JSON.parse(JSON.stringify(client.entry(launchOf(cli, options.scope), options.scope))) as Record<
    string,
    unknown
  >;
  if (options.print) {
    say(`# ${client.title}: ${file}`);
    return print(showEntry(client.format, client.path(undefined), entry).join("\n"));
  }
  await applyChange(client, file, planChange(client, file, entry), options);
}
