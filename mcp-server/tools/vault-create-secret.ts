import * as z from "zod";
import { sourceArgument } from "#mcp/secret-source.ts";
import { defineTool } from "#mcp/tool.ts";
import { renderWritten, writeArguments, writeSecret, writtenSecret } from "#mcp/write-secret.ts";

export const vaultCreateSecret = defineTool({
  name: "vault_create_secret",
  title: "Create a secret",
  description:
    "Stores a new secret whose value comes from a person, a random generator, a file or a command, and is never shown. Never pass a value. A person approves.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  input: z.strictObject({ ...writeArguments, source: sourceArgument }),
  output: writtenSecret,
  storesArguments: true,
  run: (args, call) => writeSecret("create", args, call),
  render: renderWritten,
});
