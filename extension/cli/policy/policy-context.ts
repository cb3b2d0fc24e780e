import { type Context, parseContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { type ContextOptions, contextOf } from "../context-of.ts";

/** `app/environment` as an argument, or --app and --env and what stands for them. */
export async function policyContext(cli: Cli, text: string | undefined, options: ContextOptions): Promise<Context> {
  if (text === undefined) return (await contextOf(cli, options)).context;
  if (options.app === undefined && options.env === undefined) return parseContext(text);
  throw new VaultError("argument-invalid", "Name the environment in one way: app/environment, or --app and --env.");
}
