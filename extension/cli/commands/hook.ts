import type { Command } from "commander";
import { HOOK_CLIENTS, HOOKS, type HookClientName } from "#mcp/client-setup/hooks.ts";
import type { Cli } from "../cli.ts";
import { addInstallOptions, type InstallOptions } from "../install-options.ts";
import { say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  addInstallOptions(command.command("install"), HOOK_CLIENTS)
    .description(
      "hide the vault's values in all that an AI agent's own tools read and print; shows the change first and keeps a copy of the old file",
    )
    .action(async (options: InstallOptions<HookClientName>) => {
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
