import * as z from "zod";
import { formatContext, requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { askedBy, callContext, contextArguments, reasonArgument } from "#mcp/call-context.ts";
import { runFolder } from "#mcp/run-folder.ts";
import { prepareSource, type Source } from "#mcp/secret-source.ts";
import { type ToolCall, unlockedVault } from "#mcp/tool-call.ts";

/** What vault_create_secret and vault_update_secret take alike. */
export const writeArguments = {
  name: z.string().min(1).max(128).describe("The name, which is also the environment variable, such as STRIPE_API_KEY"),
  ...contextArguments,
  description: z.string().max(1000).optional().describe("What it is for. Not secret."),
  tags: z.array(z.string().min(1).max(64)).max(32).optional(),
  ...reasonArgument,
};

export const writtenSecret = z.object({
  context: z.string(),
  name: z.string(),
  version: z.number(),
  weakly_protected: z.boolean().describe("Too short or too common to be redacted everywhere"),
});

export interface WriteArguments {
  readonly name: string;
  readonly app?: string | undefined;
  readonly environment?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  readonly source?: Source | undefined;
}

/** Approves, gets the value from its source and writes it. The value is never part of what is returned. */
export async function writeSecret(
  mode: "create" | "update",
  args: WriteArguments,
  call: ToolCall,
): Promise<z.output<typeof writtenSecret>> {
  const access = await unlockedVault(call);
  const name = requireSecretName(args.name);
  const cwd = await runFolder(call, undefined);
  const resolved = await callContext(call, args, cwd);
  const { context } = resolved;
  const place = `${formatContext(context)}/${name}`;
  // Before a person is asked, and again by the vault when it writes.
  const exists = (await access.list(context)).some((secret) => secret.name === name);
  if (exists && mode === "create")
    throw new VaultError("secret-exists", `${place} exists. Use vault_update_secret, or another name.`);
  if (!exists && mode === "update")
    throw new VaultError(
      "secret-not-found",
      `There is no ${place}. Use vault_create_secret, or see vault_list_secrets.`,
    );

  const prepared =
    args.source === undefined ? undefined : await prepareSource(args.source, { mode, context, name }, call, cwd);
  if (prepared === undefined || prepared.description !== undefined) {
    const command = `${mode} ${place}: ${prepared?.description ?? "description and tags only"}`;
    const request = { ...askedBy(call, resolved, cwd, args.reason), action: "write", names: [name], command } as const;
    await access.approve(request, call.ask, call.signal);
  }
  const value = await prepared?.value();
  try {
    const [written] = await access.write(context, mode, [
      {
        name,
        ...(value === undefined ? {} : { value }),
        ...(args.description === undefined ? {} : { description: args.description }),
        ...(args.tags === undefined ? {} : { tags: args.tags }),
      },
    ]);
    if (written === undefined) throw new Error("the vault wrote nothing");
    return { context: formatContext(context), name, version: written.version, weakly_protected: written.weak };
  } finally {
    value?.fill(0);
  }
}

export function renderWritten(output: z.output<typeof writtenSecret>): string {
  const weak = output.weakly_protected ? " It is too short or too common to be redacted everywhere." : "";
  return `${output.context}/${output.name} is stored as version ${output.version}.${weak}`;
}
