import * as z from "zod";
import { formatContext, requireSecretName } from "#core/vault/context.ts";
import { askedBy, callContext, contextArguments, reasonArgument } from "#mcp/call-context.ts";
import { runFolder } from "#mcp/run-folder.ts";
import { defineTool } from "#mcp/tool.ts";
import { unlockedVault } from "#mcp/tool-call.ts";

export const vaultDeleteSecret = defineTool({
  name: "vault_delete_secret",
  title: "Delete a secret",
  description:
    "Deletes a secret after a person has approved. It can be undone by a person (ov secret undelete) until it is purged.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  input: z.strictObject({
    name: z.string().min(1).max(128).describe("The secret's name, such as STRIPE_API_KEY"),
    ...contextArguments,
    ...reasonArgument,
  }),
  output: z.object({ context: z.string(), name: z.string(), deleted: z.boolean() }),
  async run(args, call) {
    const access = await unlockedVault(call);
    const name = requireSecretName(args.name);
    const cwd = await runFolder(call, undefined);
    const resolved = await callContext(call, args, cwd);
    const { context } = resolved;
    const command = `delete ${formatContext(context)}/${name}`;
    const request = { ...askedBy(call, resolved, cwd, args.reason), action: "delete", names: [name], command } as const;
    await access.approve(request, call.ask, call.signal);
    await access.delete(context, name);
    return { context: formatContext(context), name, deleted: true };
  },
  render: (output) => `Deleted ${output.context}/${output.name}. A person can undo it with "ov secret undelete".`,
});
