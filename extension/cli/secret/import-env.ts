import { basename } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { type Digest, deleteEnvFile, type EnvEntry, inGit, parseEnvFile, realEnvFile } from "#mcp/device/env-file.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { confirmChange } from "../confirm-change.ts";
import { type ContextOptions, contextOf } from "../context-of.ts";
import { plainText, say } from "../print.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { ensureEnvironment } from "./write.ts";

export interface ImportOptions extends ContextOptions {
  readonly yes?: true;
  readonly delete?: true;
}

/**
 * Shows what it will do, gets every yes that it needs, imports, and only then offers to delete the file. The vault
 * reads each value back and compares it before a write counts as done, so nothing is left to be asked about by then.
 */
export async function importEnvFile(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  const path = realEnvFile(file);
  const { entries, left, digest } = parseEnvFile(path);
  try {
    const { context } = await contextOf(cli, options);
    await withAccess(cli, `import ${basename(path)} into ${formatContext(context)}`, async (opened) => {
      const mode = await confirmImport(cli, opened, context, entries, left, options);
      await ensureEnvironment(opened.access, context);
      await opened.access.write(context, mode, entries);
      const count = entries.length === 1 ? "1 secret" : `${entries.length} secrets`;
      say(`Imported ${count} into ${formatContext(context)}; read back, they are the same.`);
    });
  } finally {
    for (const { value } of entries) wipe(value);
  }
  await offerDeletion(path, digest, left, options);
}

/** Names that are new stay new until they are written: what somebody else stores meanwhile is not overwritten unseen. */
async function confirmImport(
  cli: Cli,
  opened: OpenedVault,
  context: Context,
  entries: readonly EnvEntry[],
  left: readonly string[],
  options: ImportOptions,
): Promise<"create" | "upsert"> {
  const known = await knownNames(opened, context);
  const replaced = entries.filter(({ name }) => known.has(name)).map(({ name }) => name);
  for (const { name } of entries) say(`  ${known.has(name) ? "replaces" : "new     "}  ${name}`);
  for (const line of left) say(`  left out  ${plainText(line)}`);
  const question = `Import these ${entries.length} into ${formatContext(context)}?`;
  const request = {
    action: "write",
    client: "ov secret import",
    context,
    names: replaced,
    command: `replace the values of ${replaced.join(", ")}`,
    cwd: cli.cwd,
  } as const;
  // Without a terminal new names may be added as by "ov secret create"; what exists is not overwritten unasked.
  if (hasTerminal() || replaced.length > 0) await confirmChange(opened, request, question, options.yes === true);
  return replaced.length > 0 ? "upsert" : "create";
}

async function knownNames({ access }: OpenedVault, context: Context): Promise<ReadonlySet<string>> {
  const app = (await access.apps()).find((candidate) => candidate.app === context.app);
  const exists = app?.environments.some(({ environment }) => environment === context.environment) ?? false;
  const secrets: readonly SecretInfo[] = exists ? await access.list(context) : [];
  return new Set(secrets.map(({ name }) => name));
}

async function offerDeletion(
  path: string,
  imported: Digest,
  left: readonly string[],
  options: ImportOptions,
): Promise<void> {
  if (inGit(path))
    say(`${path} is in git: its values stay in the history. Make new values at their source, and import those.`);
  const wanted =
    options.delete === true ||
    (options.yes === undefined &&
      hasTerminal() &&
      (await withTerminal("Deleting a file", (terminal) =>
        askYes(
          terminal,
          `Delete ${path}?${left.length > 0 ? ` ${left.length} entries of it were left out and would be gone.` : ""}`,
        ),
      )));
  if (!wanted) return say(`${path} still holds the values in the clear. Delete it when nothing needs it any more.`);
  deleteEnvFile(path, imported);
  say(`Deleted ${path}. Copies in backups and editors' histories stay where they are.`);
}
