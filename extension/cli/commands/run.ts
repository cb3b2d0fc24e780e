import type { Command } from "commander";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions, contextOf, namesOf } from "../context-of.ts";
import { runHere } from "../run-here.ts";

interface Options extends ContextOptions {
  readonly secrets?: string;
  readonly redact: boolean;
}

export function define(command: Command, cli: Cli): void {
  addContextOptions(command)
    .usage("[options] -- <command> [arguments]")
    .argument("<command...>", "the program and its arguments; no shell is between")
    .option("-s, --secrets <names>", "only these, with commas between them (default: all, or the list of .ov.yaml)")
    .option("--no-redact", "show values that the command prints; asks for the master password")
    .passThroughOptions()
    .addHelpText(
      "after",
      "\nThe command gets the secrets as environment variables. For pipes and variables: ov run -- sh -c '…'.",
    )
    .action(async (words: string[], options: Options) => {
      const secrets = namesOf(options.secrets);
      const resolved = await contextOf(cli, options, {
        ...(secrets === undefined ? {} : { secrets }),
        command: words.join(" "),
      });
      await runHere(cli, { action: "run", client: "ov run", words, resolved, redact: options.redact });
    });
}
