import { type Command, Option } from "commander";
import type { Scope } from "#mcp/client-setup/clients.ts";
import { HOOK_CLIENTS, HOOKS, type HookClientName } from "#mcp/client-setup/hooks.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";

interface InstallOptions {
  readonly client: readonly HookClientName[];
  readonly scope: Scope;
  readonly yes?: true;
  readonly print?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .command("install")
    .description(
      "hide the vault's values in all that an AI agent's own tools read and print; shows the change first and keeps a copy of the old file",
    )
    .addOption(new Option("-c, --client <name...>", "the agents").choices([...HOOK_CLIENTS]).makeOptionMandatory())
    .addOption(
      new Option("--scope <scope>", "for every project of yours, or this one")
        .choices(["user", "project"])
        .default("user"),
    )
    .option("-y, --yes", "write without asking")
    .option("--print", "print the entry and write nothing")
    .action(async (options: InstallOptions) => {
      const { installHook } = await import("../hook/install-hook.ts");
      for (const name of new Set(options.client)) await installHook(cli, name, options);
    });

  for (const name of HOOK_CLIENTS) {
    command
      .command(name)
      .description(`answer one event of ${HOOKS[name].title} on stdin; it starts this itself`)
      .action(async () => {
        const { answerEvent } = await import("../hook/answer-event.ts");
        const { attachToAgent } = await import("../attach-to-agent.ts");
        const deps = { access: () => attachToAgent(cli), interceptMode: cli.env.OV_INTERCEPT_MODE };
        const { reply, notes } = await answerEvent(name, await readAll(process.stdin), deps);
        for (const note of notes) say(note);
        if (reply !== undefined) process.stdout.write(`${JSON.stringify(reply)}\n`);
      });
  }
}

async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(chunk as Buffer); // no encoding was set
  return Buffer.concat(chunks).toString("utf8");
}
