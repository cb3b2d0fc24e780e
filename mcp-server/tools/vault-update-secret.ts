import * as z from "zod";
import { sourceArgument } from "#mcp/secret-source.ts";
import { defineTool } from "#mcp/tool.ts";
import { renderWritten, writeArguments, writeSecret, writtenSecret } from "#mcp/write-secret.ts";

export const vaultUpdateSecret = defineTool({
  name: "vault_update_secret",
  title: "Update a secret",
  description:
    "Gives a secret a new value from a person, a random generator, a file or a command, or changes its description and tags. Earlier versions stay. Never pass a value. A person approves.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  input: z.strictObject({ ...writeArguments, source: sourceArgument.optional() }),
  output: writtenSecret,
  storesArguments: true,
  run: (args, call) => writeSecret("update", args, call),
  render: renderWritten,
});
