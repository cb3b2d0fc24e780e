import type { Command } from "commander";
import { findShell } from "#core/run/shell-start.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions, contextOf, namesOf } from "../context-of.ts";
import { shellHere } from "../shell-here.ts";

interface Options extends ContextOptions {
  readonly secrets?: string;
  readonly shell?: string;
  readonly redact: boolean;
}

export function define(command: Command, cli: Cli): void {
  addContextOptions(command)
    .option("-s, --secrets <names>", "only these, with commas between them (default: all, or the list of .ov.yaml)")
    .option("--shell <program>", "the shell (default: yours)")
    .option("--no-redact", "show values that commands print; asks for the master password")
    .action((options: Options) => shell(cli, options));
}

async function shell(cli: Cli, options: Options): Promise<void> {
  if (!(process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY)) {
    throw new VaultError("person-required", 'A shell is for a person at a terminal. Programs use "ov run -- command".');
  }
  const secrets = namesOf(options.secrets);
  const resolved = await contextOf(cli, options, {
    ...(secrets === undefined ? {} : { secrets }),
    command: options.shell ?? "",
  });
  const program = findShell(options.shell, cli.env);
  if (options.redact) return shellHere(cli, resolved, program);
  const { runHere } = await import("../run-here.ts");
  await runHere(cli, { action: "shell", client: "ov shell", words: [program, "-i"], resolved, redact: false });
}
