import { timingSafeEqual } from "node:crypto";
import { unlinkSync } from "node:fs";
import { basename } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { confirmChange } from "../confirm-change.ts";
import { type ContextOptions, contextOf } from "../context-of.ts";
import { plainText, say } from "../print.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { withApproval } from "../with-approval.ts";
import { type EnvEntry, inGit, parseEnvFile, realEnvFile } from "./env-file.ts";
import { ensureEnvironment } from "./write.ts";

export interface ImportOptions extends ContextOptions {
  readonly yes?: true;
  readonly delete?: true;
}

/** Shows what it will do, imports, reads back and compares, and only then offers to delete the file. */
export async function importEnvFile(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  const path = realEnvFile(file);
  const { entries, left } = parseEnvFile(path);
  try {
    const { context } = await contextOf(cli, options);
    await withAccess(cli, `import ${basename(path)} into ${formatContext(context)}`, async (opened) => {
      await confirmImport(cli, opened, context, entries, left, options);
      await ensureEnvironment(opened.access, context);
      await opened.access.write(context, "upsert", entries);
      await verify(cli, opened, context, entries, path);
      say(`Imported ${entries.length} secrets into ${formatContext(context)}; read back, they are the same.`);
    });
  } finally {
    for (const { value } of entries) wipe(value);
  }
  await offerDeletion(path, left, options);
}

async function confirmImport(
  cli: Cli,
  opened: OpenedVault,
  context: Context,
  entries: readonly EnvEntry[],
  left: readonly string[],
  options: ImportOptions,
): Promise<void> {
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
  if (hasTerminal() || replaced.length > 0) return confirmChange(opened, request, question, options.yes === true);
}

async function knownNames({ access }: OpenedVault, context: Context): Promise<ReadonlySet<string>> {
  const app = (await access.apps()).find((candidate) => candidate.app === context.app);
  const exists = app?.environments.some(({ environment }) => environment === context.environment) ?? false;
  const secrets: readonly SecretInfo[] = exists ? await access.list(context) : [];
  return new Set(secrets.map(({ name }) => name));
}

async function verify(
  cli: Cli,
  opened: OpenedVault,
  context: Context,
  entries: readonly EnvEntry[],
  path: string,
): Promise<void> {
  const request = {
    action: "run",
    client: "ov secret import",
    context,
    names: entries.map(({ name }) => name),
    command: `compare what was stored with ${path}`,
    cwd: cli.cwd,
  } as const;
  await withApproval(opened, async (ask) => {
    const lease = await opened.access.lease(request, ask);
    const read = new Map<string, Uint8Array>(lease.secrets.map(({ name, value }) => [name, value]));
    const wrong = entries.filter(({ name, value }) => !same(value, read.get(name))).map(({ name }) => name);
    for (const { value } of lease.secrets) wipe(value);
    await opened.access.settle(lease.id, { exitCode: wrong.length === 0 ? 0 : 1, outcome: "ended", redactions: 0 });
    if (wrong.length > 0) {
      throw new VaultError(
        "store-failed",
        `Read back, ${wrong.join(", ")} differ from ${path}. Keep the file, and run "ov doctor".`,
      );
    }
  });
}

function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

async function offerDeletion(path: string, left: readonly string[], options: ImportOptions): Promise<void> {
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
  unlinkSync(path);
  say(`Deleted ${path}. Copies in backups and editors' histories stay where they are.`);
}
