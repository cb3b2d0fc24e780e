import type { Command } from "commander";
import { formatContext, isProduction } from "#core/vault/context.ts";
import type { ResolvedContext } from "#core/vault/resolve-context.ts";
import { isVaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions, contextOf } from "../context-of.ts";
import { print, printJson } from "../print.ts";
import { statusAsJson, statusLines, vaultStatus } from "../show-status.ts";

export function define(command: Command, cli: Cli): void {
  addContextOptions(command)
    .option("--json", "as JSON")
    .action((options: ContextOptions & { json?: true }) => status(cli, options));
}

async function status(cli: Cli, options: ContextOptions & { readonly json?: true }): Promise<void> {
  const vault = await vaultStatus(cli);
  const context = await contextHere(cli, options);
  if (options.json) return printJson({ vault: statusAsJson(vault), context: contextAsJson(context) });
  for (const line of statusLines(vault)) print(line);
  if (context === undefined)
    return print('context    none here. "ov init" sets this folder up, or name --app and --env.');
  print(`context    ${formatContext(context.context)}, ${SOURCE[context.source](context)}`);
  if (isProduction(context.context)) print("           production: every use is asked about");
  if (context.names !== undefined) print(`           only ${context.names.join(", ")}`);
}

async function contextHere(cli: Cli, options: ContextOptions): Promise<ResolvedContext | undefined> {
  try {
    return await contextOf(cli, options);
  } catch (error) {
    if (isVaultError(error, "context-missing")) return undefined;
    throw error;
  }
}

function contextAsJson(resolved: ResolvedContext | undefined): Record<string, unknown> | null {
  if (resolved === undefined) return null;
  const { context, source, names, projectFile } = resolved;
  return {
    ...context,
    source,
    names: names ?? null,
    production: isProduction(context),
    project_file: projectFile?.path ?? null,
  };
}

const SOURCE = {
  arguments: () => "from the arguments",
  "project-file": ({ projectFile }) => `from ${projectFile?.path ?? ".ov.yaml"}`,
  "user-config": () => "from your configuration (ov config)",
} as const satisfies Record<ResolvedContext["source"], (context: ResolvedContext) => string>;
