import type { Incoming, IncomingPlace } from "#core/import/incoming.ts";
import type { SecretDraft, SecretInfo } from "#core/run/vault-access.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { type Context, formatContext, type SecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { confirmChange } from "../confirm-change.ts";
import { say } from "../print.ts";
import { ensureEnvironment } from "../secret/write.ts";
import { writeAllGuarded } from "../secret/write-guarded.ts";
import { hasTerminal } from "../terminal.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";

/**
 * Shows by names and sizes what an import will do, gets every yes that it needs, and writes each environment in one step.
 * The vault reads each value back and compares it before a write counts as done.
 */
export async function storeIncoming(cli: Cli, what: string, incoming: Incoming, yes: boolean): Promise<void> {
  const { places } = incoming;
  if (places.length === 0) {
    for (const { from, reason } of incoming.left) say(`  left out  ${onOneLine(from)} (${onOneLine(reason)})`);
    throw new VaultError("value-invalid", `${what} holds nothing to import. A .env file has lines such as NAME=value.`);
  }
  const where = places.map(({ context }) => formatContext(context)).join(", ");
  await withAccess(cli, `import ${what} into ${where}`, async (opened) => {
    const replaced = new Map<IncomingPlace, readonly SecretName[]>();
    for (const place of places) replaced.set(place, await preview(opened, place));
    for (const { from, reason } of incoming.left) say(`  left out  ${onOneLine(from)} (${onOneLine(reason)})`);
    for (const note of incoming.notes) say(`  note      ${onOneLine(note)}`);
    await confirmAll(cli, opened, places, replaced, yes);
    for (const place of places) {
      await ensureEnvironment(opened.access, place.context);
      // Names that are new stay new until they are written: what somebody else stores meanwhile is not overwritten unseen.
      const mode = replaced.get(place)!.length > 0 ? "upsert" : "create";
      const drafts = place.drafts.map(({ from: _, ...draft }): SecretDraft => draft);
      await writeAllGuarded(opened, place.context, mode, drafts);
      const count = drafts.length === 1 ? "1 secret" : `${drafts.length} secrets`;
      say(`Imported ${count} into ${formatContext(place.context)}; read back, they are the same.`);
    }
  });
}

/** One line for each secret; gives the names that are there already. */
async function preview(
  { access }: OpenedVault,
  { context, group, drafts }: IncomingPlace,
): Promise<readonly SecretName[]> {
  const known = await knownNames(access, context);
  const place = formatContext(context);
  say(`${group === undefined || group === place ? "" : `${onOneLine(group)} -> `}${place}:`);
  for (const { name, from, value, canary } of drafts) {
    const source = from === name ? "" : `  from ${JSON.stringify(onOneLine(from))}`;
    const bytes = `${value.length} byte${value.length === 1 ? "" : "s"}`;
    say(`  ${known.has(name) ? "replaces" : "new     "}  ${name}  ${bytes}${canary ? ", a decoy" : ""}${source}`);
  }
  return drafts.filter(({ name }) => known.has(name)).map(({ name }) => name);
}

async function confirmAll(
  cli: Cli,
  opened: OpenedVault,
  places: readonly IncomingPlace[],
  replaced: ReadonlyMap<IncomingPlace, readonly SecretName[]>,
  yes: boolean,
): Promise<void> {
  const count = places.reduce((sum, { drafts }) => sum + drafts.length, 0);
  const where = places.map(({ context }) => formatContext(context)).join(", ");
  let isAsked = false;
  for (const place of places) {
    const names = replaced.get(place)!;
    // Without a terminal new names may be added as by "ov secret create"; what exists is not overwritten unasked.
    if (hasTerminal() ? isAsked : names.length === 0) continue;
    const request = {
      action: "write",
      client: "ov import",
      context: place.context,
      names,
      command: `replace the values of ${names.join(", ")}`,
      cwd: cli.cwd,
    } as const;
    await confirmChange(opened, request, `Import these ${count} into ${where}?`, yes);
    isAsked = true;
  }
}

async function knownNames(access: OpenedVault["access"], context: Context): Promise<ReadonlySet<SecretName>> {
  const app = (await access.apps()).find((candidate) => candidate.app === context.app);
  const exists = app?.environments.some(({ environment }) => environment === context.environment) ?? false;
  const secrets: readonly SecretInfo[] = exists ? await access.list(context) : [];
  return new Set(secrets.map(({ name }) => name));
}
