import type { Command } from "commander";
import { requireContextName } from "#core/vault/context.ts";
import type { Cli } from "../cli.ts";
import { printJson, printTable, say } from "../print.ts";
import { withAccess } from "../with-access.ts";

export function define(command: Command, cli: Cli): void {
  command
    .command("list")
    .description("list the apps and how many secrets they hold")
    .option("--json", "as JSON")
    .action((options: { json?: true }) => listApps(cli, options.json === true));

  command
    .command("create")
    .description("make an app")
    .argument("<app>")
    .action(async (text: string) => {
      const app = requireContextName(text);
      await withAccess(cli, `make the app ${app}`, ({ access }) => access.createApp(app));
      say(`Made ${app}. Next: "ov env create ${app}/development".`);
    });

  command
    .command("delete")
    .description("delete an app that has no environments")
    .argument("<app>")
    .action(async (text: string) => {
      const app = requireContextName(text);
      await withAccess(cli, `delete the app ${app}`, ({ access }) => access.deleteApp(app));
      say(`Deleted ${app}.`);
    });
}

async function listApps(cli: Cli, json: boolean): Promise<void> {
  await withAccess(cli, "list the apps", async ({ access }) => {
    const apps = await access.apps();
    if (json) return printJson({ apps });
    if (apps.length === 0) return say('There are no apps yet. Make one with "ov secret create app/environment/NAME".');
    printTable(
      ["APP", "ENVIRONMENTS", "SECRETS"],
      apps.map(({ app, environments }) => [
        app,
        environments.map(({ environment }) => environment).join(", "),
        String(environments.reduce((sum, { secrets }) => sum + secrets, 0)),
      ]),
    );
  });
}
