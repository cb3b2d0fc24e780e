import { mkdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Command } from "commander";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { writeBeside } from "#mcp/device/private-file.ts";
import { askText, askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { type PlannedFile, planProjectFile, planRules } from "../init/plan.ts";
import { say, style } from "../print.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";

interface Options {
  readonly app?: string;
  readonly env?: string;
  readonly secrets?: string;
  readonly rules: boolean;
  readonly yes?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .option("-a, --app <app>", "the app whose secrets this project uses (default: the folder's name)")
    .option("-e, --env <environment>", "its environment (default: development)")
    .option("-s, --secrets <names>", "only these, with commas between them")
    .option("--no-rules", "leave the agents' rule files alone")
    .option("-y, --yes", "write without asking")
    .action((options: Options) => init(cli, options));
}

async function init(cli: Cli, options: Options): Promise<void> {
  const ask = options.yes === undefined && hasTerminal();
  const app = options.app ?? (await preset(ask, "App:", appNameOf(cli.cwd)));
  const environment = options.env ?? (await preset(ask, "Environment:", "development"));
  const names = options.secrets?.split(",").map((name) => requireSecretName(name.trim()));
  const projectFile = planProjectFile(cli.cwd, requireContext(app, environment), names);
  const files = [projectFile, ...(options.rules ? planRules(cli.cwd) : [])];
  if (projectFile.before !== undefined) say(".ov.yaml is there already and stays as it is.");
  const changed = files.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return say("Nothing to do: this folder is set up.");
  for (const file of changed) show(file);
  if (!options.yes && !(await agreed())) return say("Nothing was written.");
  for (const { path, after } of changed) {
    mkdirSync(dirname(path), { recursive: true });
    writeBeside(path, after, statSync(path, { throwIfNoEntry: false })?.mode ?? 0o644);
  }
  say(
    `Written. Next: "ov secret create NAME" puts a secret into ${app}/${environment}, and "ov mcp install --client …" connects your agent.`,
  );
}

function show({ name, before, after }: PlannedFile): void {
  say(style("bold", `${before === undefined ? "New" : "Changed"}: ${name}`, process.stderr));
  const old = new Set(before?.split("\n"));
  for (const line of after.trimEnd().split("\n")) {
    if (!old.has(line)) say(style("green", `+ ${line}`, process.stderr));
  }
}

async function preset(ask: boolean, question: string, value: string): Promise<string> {
  return ask ? withTerminal("Setting a folder up", (terminal) => askText(terminal, question, value)) : value;
}

async function agreed(): Promise<boolean> {
  if (!hasTerminal()) {
    throw new VaultError("person-required", "Nobody could be asked about these files. Add --yes to write them.");
  }
  return withTerminal("Setting a folder up", (terminal) => askYes(terminal, "Write this?", { preset: true }));
}

function appNameOf(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 64);
  return name === "" ? "app" : name;
}
