import type { Command } from "commander";
import { formatContext, parseContext, requireContextName } from "#core/vault/context.ts";
import type { Cli } from "../cli.ts";
import { confirmRemoval } from "../confirm-change.ts";
import { printJson, printTable, say } from "../print.ts";
import { withAccess } from "../with-access.ts";

const CONTEXT = "app/environment";

export function define(command: Command, cli: Cli): void {
  command
    .command("list")
    .description("list the environments of an app, or of all")
    .argument("[app]")
    .option("--json", "as JSON")
    .action((app: string | undefined, options: { json?: true }) => listEnvironments(cli, app, options.json === true));

  command
    .command("create")
    .description("make an environment, and its app where there is none")
    .argument("<context>", CONTEXT)
    .action(async (text: string) => {
      const context = parseContext(text);
      await withAccess(cli, `make ${text}`, ({ access }) => access.createEnvironment(context));
      say(`Made ${text}.`);
    });

  command
    .command("delete")
    .description(
      "delete an environment without secrets, and the deleted ones in it, for good; asks for the master password",
    )
    .argument("<context>", CONTEXT)
    .action(async (text: string) => {
      const context = parseContext(text);
      await withAccess(
        cli,
        `delete ${formatContext(context)} for good`,
        async (opened) => {
          await confirmRemoval(opened, `Delete ${text} for good, and what it holds of deleted secrets?`);
          await opened.access.deleteEnvironment(context);
        },
        "terminal",
      );
      say(`Deleted ${text}.`);
    });

  command
    .command("rotate-key")
    .description("give an environment new keys and seal every secret again; values stay as they are")
    .argument("<context>", CONTEXT)
    .action(async (text: string) => {
      const context = parseContext(text);
      await withAccess(cli, `give ${text} new keys`, ({ access }) => access.turnEpoch(context));
      say(`${text} has new keys. To make a leaked value worthless, change it at its source, too.`);
    });
}

async function listEnvironments(cli: Cli, only: string | undefined, json: boolean): Promise<void> {
  const name = only === undefined ? undefined : requireContextName(only);
  await withAccess(cli, "list the environments", async ({ access }) => {
    const apps = (await access.apps()).filter(({ app }) => name === undefined || app === name);
    const rows = apps.flatMap(({ app, environments }) => environments.map((environment) => ({ app, ...environment })));
    // Alone, the role is no news.
    if (json) return printJson({ environments: rows.map(({ role, ...row }) => (row.shared ? { ...row, role } : row)) });
    if (rows.length === 0) return say('There are no environments yet. Make one with "ov env create app/environment".');
    printTable(
      ["ENVIRONMENT", "SECRETS", ""],
      rows.map(({ app, environment, secrets, production, shared, role }) => [
        `${app}/${environment}`,
        String(secrets),
        [
          ...(shared ? [role === undefined ? "shared: closed to you by an admin" : `shared: ${role}`] : []),
          ...(production ? ["production: every use is asked about"] : []),
        ].join("; "),
      ]),
    );
  });
}
