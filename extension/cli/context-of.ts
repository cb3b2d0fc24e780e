import { type Command, Option } from "commander";
import { requireSecretName, type SecretName } from "#core/vault/context.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { type ResolvedContext, resolveContext } from "#core/vault/resolve-context.ts";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { isByToken } from "./by-token.ts";
import type { Cli } from "./cli.ts";

/** How every command names a context. */
export interface ContextOptions {
  readonly app?: string;
  readonly env?: string;
}

export function addContextOptions(command: Command): Command {
  return command
    .addOption(new Option("-a, --app <app>", "the app (default: from .ov.yaml, else from ov config)"))
    .addOption(new Option("-e, --env <environment>", "the environment (default: as for the app)"));
}

/** Arguments, else `.ov.yaml` upward from the folder, else the person's own configuration. */
export async function contextOf(
  cli: Cli,
  { app, env }: ContextOptions,
  use: { readonly secrets?: readonly SecretName[]; readonly command?: string } = {},
): Promise<ResolvedContext> {
  const config = readUserConfig(cli.paths.config);
  const file = await findProjectFile(cli.cwd, cli.home);
  try {
    return resolveContext({ app, environment: env, secrets: use.secrets }, file, config, use.command);
  } catch (error) {
    if (!isVaultError(error, "context-missing") || !isByToken(cli.env) || app !== undefined) throw error;
    const { contextOfToken } = await import("./token-session.ts");
    const only = await contextOfToken(cli);
    return resolveContext({ ...only, secrets: use.secrets }, file, config, use.command);
  }
}

export interface SecretAddress extends ResolvedContext {
  readonly name: SecretName;
}

/** `NAME` of the command's context, or `app/environment/NAME`. */
export async function secretOf(cli: Cli, text: string, options: ContextOptions): Promise<SecretAddress> {
  refuseValue(text);
  const parts = text.split("/");
  if (parts.length === 1) return { ...(await contextOf(cli, options)), name: requireSecretName(text) };
  const [app, environment, name] = parts;
  if (parts.length !== 3 || name === undefined) {
    throw new VaultError("name-invalid", 'A secret is named NAME, or app/environment/NAME. See "ov secret --help".');
  }
  if ((options.app ?? app) !== app || (options.env ?? environment) !== environment) {
    throw new VaultError(
      "argument-invalid",
      "The secret's name says another context than --app and --env. Name it in one way.",
    );
  }
  return { ...(await contextOf(cli, { app: app!, env: environment! })), name: requireSecretName(name) };
}

/** Names from `--secrets A,B`. */
export function namesOf(text: string | undefined): readonly SecretName[] | undefined {
  if (text === undefined) return undefined;
  return text.split(",").map((name) => requireSecretName(name.trim()));
}

/** `NAME=value` puts the value into the shell's history and the process list; it must not get into our message too. */
function refuseValue(text: string): void {
  if (!text.includes("=")) return;
  throw new VaultError(
    "value-in-arguments",
    "A value in a command line can be read by every program, and stays in the shell's history. Nothing was stored: delete that line from the history, and give only the name; ov asks for the value.",
  );
}
