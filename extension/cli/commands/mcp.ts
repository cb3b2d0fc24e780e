import { type Command, Option } from "commander";
import { CLIENT_NAMES, CLIENTS, type ClientName, type Scope } from "#mcp/client-setup/clients.ts";
import { planChange, showEntry } from "#mcp/client-setup/install.ts";
import { applyChange } from "../apply-change.ts";
import type { Cli } from "../cli.ts";
import { launchOf } from "../mcp-launch.ts";
import { print, say } from "../print.ts";

interface InstallOptions {
  readonly client: readonly ClientName[];
  readonly scope: Scope;
  readonly yes?: true;
  readonly print?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .command("serve")
    .description("serve the tools to an AI agent on stdin and stdout; agents start this themselves")
    .action(async () => {
      const { serve } = await import("../serve.ts");
      await serve(cli);
    });

  command
    .command("install")
    .description(
      "add OpaqueVault to the configuration of AI agents; shows the change first and keeps a copy of the old file",
    )
    .addOption(new Option("-c, --client <name...>", "the agents").choices([...CLIENT_NAMES]).makeOptionMandatory())
    .addOption(
      new Option("--scope <scope>", "for every project of yours, or this one")
        .choices(["user", "project"])
        .default("user"),
    )
    .option("-y, --yes", "write without asking")
    .option("--print", "print the entry and write nothing")
    .action(async (options: InstallOptions) => {
      for (const name of new Set(options.client)) await install(cli, name, options);
    });
}

async function install(cli: Cli, name: ClientName, options: InstallOptions): Promise<void> {
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
