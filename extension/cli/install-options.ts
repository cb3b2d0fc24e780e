import { type Command, Option } from "commander";
import type { Scope } from "#mcp/client-setup/clients.ts";

export interface InstallOptions<Name extends string> {
  readonly client: readonly Name[];
  readonly scope: Scope;
  readonly yes?: true;
  readonly print?: true;
}

/** Of a command that changes the configuration of agents. */
export function addInstallOptions(command: Command, clients: readonly string[]): Command {
  return command
    .addOption(new Option("-c, --client <name...>", "the agents").choices([...clients]).makeOptionMandatory())
    .addOption(
      new Option("--scope <scope>", "for every project of yours, or this one")
        .choices(["user", "project"])
        .default("user"),
    )
    .option("-y, --yes", "write without asking")
    .option("--print", "print the entry and write nothing");
}
