import type { Command } from "commander";
import { onOneLine } from "#core/run/visible-text.ts";
import { formatContext, isProduction } from "#core/vault/context.ts";
import type { ResolvedContext } from "#core/vault/resolve-context.ts";
import { isVaultError } from "#core/vault-error.ts";
import { isAtWorkElsewhere } from "#mcp/device/rotation-claim.ts";
import { attachToAgent } from "../attach-to-agent.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions, contextOf } from "../context-of.ts";
import { print, printJson } from "../print.ts";
import { rotationLine } from "../secret/rotation-line.ts";
import { dueNote, exposedNote, type Needs, needsAsJson, needsOf } from "../secret/secret-needs.ts";
import { statusAsJson, statusLines, vaultStatus } from "../show-status.ts";

export function define(command: Command, cli: Cli): void {
  addContextOptions(command)
    .option("--json", "as JSON")
    .action((options: ContextOptions & { json?: true }) => status(cli, options));
}

async function status(cli: Cli, options: ContextOptions & { readonly json?: true }): Promise<void> {
  const vault = await vaultStatus(cli);
  const context = await contextHere(cli, options);
  const agent = vault.kind === "unlocked" ? await attachToAgent(cli) : undefined;
  const needs = agent && (await needsOf(agent, context?.context, Date.now()));
  if (options.json) {
    const more = needs === undefined ? {} : needsAsJson(needs);
    return printJson({ vault: statusAsJson(vault), context: contextAsJson(context), ...more });
  }
  for (const line of statusLines(vault)) print(line);
  if (context === undefined) print('context    none here. "ov init" sets this folder up, or name --app and --env.');
  else printContext(context);
  if (needs !== undefined) await printNeeds(cli, needs, Date.now());
}

function printContext(context: ResolvedContext): void {
  print(`context    ${formatContext(context.context)}, ${SOURCE[context.source](context)}`);
  if (isProduction(context.context)) print("           production: every use is asked about");
  if (context.names !== undefined) print(`           only ${context.names.join(", ")}`);
}

async function printNeeds({ paths }: Cli, { exposed, due, rotations }: Needs, now: number): Promise<void> {
  for (const secret of exposed)
    print(`EXPOSED    ${secret.name}: ${onOneLine(exposedNote(secret)!)}. "ov secret rotate"`);
  for (const secret of due) print(`due        ${secret.name}: ${dueNote(secret, now)}. "ov secret rotate"`);
  for (const rotation of rotations) {
    const isElsewhere = await isAtWorkElsewhere(paths.runtime, rotation.id);
    const next = isElsewhere ? "Another process is at it now." : '"ov secret rotate --resume"';
    print(`${rotationLine(rotation)}. ${next}`);
  }
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
