import { isMap, parseDocument, stringify } from "yaml";
import type { Context } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";

/**
 * The text of a `.ov.yaml` that names the context; what else stands in it stays, comments too. Refuses with
 * `project-file-invalid` a text that is no such file, since nobody can say what of it should stay.
 */
export function projectFileText(before: string | undefined, { app, environment }: Context): string {
  if (before === undefined || before.trim() === "") return HEAD + stringify({ app, environment });
  const document = parseDocument(before);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new VaultError("project-file-invalid", "The .ov.yaml is not valid. Correct it first.");
  }
  document.set("app", app);
  document.set(document.has("env") ? "env" : "environment", environment);
  return document.toString({ flowCollectionPadding: /[[{] /.test(before) });
}

const HEAD = "# Which secrets OpaqueVault gives to this project. No values in here; safe to commit.\n";
