import { type Command, Option } from "commander";
import { PRESETS, TRAIT_MEANING, TRAITS, VERDICTS } from "#core/run/policy.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions } from "../context-of.ts";
import type { ChangeOptions } from "../policy/change.ts";
import { type ExplainOptions, explainPolicy } from "../policy/explain.ts";
import { setPolicy } from "../policy/set.ts";
import { showPolicy } from "../policy/show.ts";

const CONTEXT = "app/environment (default: as for --app and --env)";

export function define(command: Command, cli: Cli): void {
  command.enablePositionalOptions();
  const add = (usage: string, description: string): Command =>
    addContextOptions(command.command(usage).description(description));

  add("show", "show which commands of an environment run, are asked about, or are denied")
    .argument("[context]", CONTEXT)
    .option("--json", "as JSON, which ov policy set --from takes")
    .action((context: string | undefined, options: ContextOptions & { json?: true }) =>
      showPolicy(cli, context, options),
    );

  const set = add("set", "change the policy; asks for the master password")
    .argument("[context]", CONTEXT)
    .addOption(new Option("--preset <preset>", "begin with these verdicts").choices(PRESETS))
    .option("--allow <program...>", "a program that may run; program=NAME,NAME: and have only these secrets")
    .option("--deny <program...>", "a program that may not run: a name, wherever it lies, or a path")
    .option("--pin", "with --allow and --deny: this very file, by its SHA-256")
    .option("--remove <program...>", "drop the rules of a program")
    .option("--network <hosts>", "any, none, secret-hosts (those that secrets are meant for), or hosts with commas")
    .addOption(
      new Option("--sandbox <when>", "put every command into a sandbox").choices(["off", "required", "default"]),
    );
  for (const trait of TRAITS) {
    set.addOption(new Option(`--${trait} <verdict>`, TRAIT_MEANING[trait]).choices([...VERDICTS, "default"]));
  }
  set
    .option("--from <file>", "take the whole policy from a file")
    .option("--reset", "begin with the environment's default")
    .addHelpText(
      "after",
      "\nDeny beats ask, ask beats allow. A policy looks at commands; only the sandbox stops what they do.",
    )
    .action((context: string | undefined, options: ContextOptions & ChangeOptions) => setPolicy(cli, context, options));

  add("explain", "tell what the policy says of a command, by which rule, and why; runs nothing")
    .usage("[options] -- <command> [arguments]")
    .argument("<command...>", "as for ov run")
    .option("--shell", "the command is one text for the shell, as agents give it to vault_run")
    .option("--json", "as JSON")
    .passThroughOptions()
    .action((words: string[], options: ExplainOptions) => explainPolicy(cli, words, options));
}
