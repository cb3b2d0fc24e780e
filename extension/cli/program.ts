import { Command } from "commander";
import { VERSION } from "#mcp/version.ts";
import type { Cli } from "./cli.ts";
import { COMMANDS, type CommandModule } from "./command-table.ts";
import { EXIT_CODE_HELP } from "./exit-code.ts";
import { style } from "./print.ts";

/**
 * The whole argument tree, of which only the module of the command that was called is loaded: `ov run` starts in the
 * time of `ov run`. Completion sees everything.
 */
export async function buildProgram(cli: Cli, words: readonly string[]): Promise<Command> {
  const program = new Command("ov")
    .description("Secrets that programs can use and AI agents can't read.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .enablePositionalOptions()
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(asOwnError(text)) })
    .addHelpText("after", `\n${EXIT_CODE_HELP}`);
  const named = words.filter((word) => !word.startsWith("-"));
  const selected = named[0] === "help" ? named[1] : named[0];
  const all = selected === "complete" || selected === "completion";
  for (const [name, { summary, load, hidden }] of Object.entries(COMMANDS)) {
    const command = program.command(name, { hidden: hidden ?? false }).description(summary);
    if (all || name === selected) defineIn(await load(), command, cli);
  }
  if (all) {
    const { default: addCompletion } = await import("@bomb.sh/tab/commander");
    addCompletion(program, { completionCommandName: "completion" });
  } else {
    program.command("completion").description("print a completion script for your shell").argument("<shell>");
  }
  return program;
}

function defineIn(module: CommandModule, command: Command, cli: Cli): void {
  module.define(command, cli);
}

/** Commander says "error: …"; here every error begins with "ov:" and ends with a next step. */
function asOwnError(text: string): string {
  const told = text.trim().replace(/^error: /, "");
  const sentence = /[.?!)]$/.test(told) ? told : `${told}.`;
  return `${style("red", "ov:", process.stderr)} ${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} See "ov --help", or --help after any command.\n`;
}
