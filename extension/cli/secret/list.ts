import type { SecretInfo } from "#core/run/vault-access.ts";
import { formatContext, parseContext } from "#core/vault/context.ts";
import { dueInDays, isDue } from "#core/vault/rotation-due.ts";
import type { Cli } from "../cli.ts";
import { type ContextOptions, contextOf, secretOf } from "../context-of.ts";
import { formatTime, print, printJson, printTable, say } from "../print.ts";
import { withAccess } from "../with-access.ts";
import { dueNote, exposedNote } from "./secret-needs.ts";

export async function listSecrets(
  cli: Cli,
  text: string | undefined,
  options: ContextOptions & { readonly deleted?: true; readonly json?: true },
): Promise<void> {
  // With a slash it is a place, as in the names of secrets; names, descriptions and tags are searched without one.
  const place = text?.includes("/") ? parseContext(text) : undefined;
  const query = place === undefined ? text : undefined;
  const named = place === undefined ? options : { app: place.app, env: place.environment };
  const { context } = await contextOf(cli, named);
  await withAccess(cli, `list ${formatContext(context)}`, async ({ access }) => {
    const all = await access.list(context, { deleted: options.deleted === true });
    const found = all.filter((secret) => matches(secret, query));
    if (options.json) return printJson({ ...context, secrets: found.map(asJson) });
    if (found.length === 0)
      return say(`${formatContext(context)} has no ${query === undefined ? "" : "such "}secrets.`);
    printTable(
      ["NAME", "VERSION", "UPDATED", "LAST USED", "DESCRIPTION", "NOTES"],
      found.map((secret) => [
        secret.name,
        String(secret.version),
        formatTime(secret.updatedAt),
        secret.lastUsedAt === undefined ? "-" : formatTime(secret.lastUsedAt),
        secret.description,
        notesOf(secret, Date.now()).join(", "),
      ]),
    );
  });
}

export async function showHistory(
  cli: Cli,
  text: string,
  options: ContextOptions & { readonly json?: true },
): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  await withAccess(cli, `show the history of ${formatContext(context)}/${name}`, async ({ access }) => {
    const versions = await access.history(context, name);
    if (options.json) {
      return printJson({
        ...context,
        name,
        versions: versions.map(({ createdAt, ...rest }) => ({ ...rest, created: new Date(createdAt).toISOString() })),
      });
    }
    printTable(
      ["VERSION", "CREATED", "AUTHOR", ""],
      versions.map(({ version, createdAt, author, current }) => [
        String(version),
        formatTime(createdAt),
        author,
        current ? "current" : "",
      ]),
    );
  });
}

/** Names only: as an example file for the repository, or as the list of a .ov.yaml. */
export async function exportNames(
  cli: Cli,
  options: ContextOptions & { readonly format: "env" | "yaml" | "json" },
): Promise<void> {
  const { context } = await contextOf(cli, options);
  await withAccess(cli, `list ${formatContext(context)}`, async ({ access }) => {
    const secrets = await access.list(context);
    const names = secrets.map(({ name }) => name);
    if (options.format === "json") return printJson(names);
    if (options.format === "yaml") return print(["secrets:", ...names.map((name) => `  - ${name}`)].join("\n"));
    for (const name of names) print(`${name}=`);
  });
}

function matches({ name, description, tags }: SecretInfo, query: string | undefined): boolean {
  if (query === undefined) return true;
  const wanted = query.toLowerCase();
  return [name, description, ...tags].some((text) => text.toLowerCase().includes(wanted));
}

function notesOf(secret: SecretInfo, now: number): readonly string[] {
  return [
    ...(secret.deleted ? ["deleted"] : []),
    ...[exposedNote(secret), dueNote(secret, now)].filter((note) => note !== undefined),
    ...(secret.weak ? ["weak"] : []),
    ...(secret.placeholder === undefined ? [] : [`placeholder to ${secret.allowedHosts.join(" ")}`]),
    ...(secret.canary ? ["decoy"] : []),
    ...secret.tags.map((tag) => `#${tag}`),
  ];
}

/** The stable fields of --json; times are ISO 8601. */
function asJson(secret: SecretInfo): Record<string, unknown> {
  return {
    name: secret.name,
    version: secret.version,
    created: new Date(secret.createdAt).toISOString(),
    updated: new Date(secret.updatedAt).toISOString(),
    last_used: secret.lastUsedAt === undefined ? null : new Date(secret.lastUsedAt).toISOString(),
    description: secret.description,
    tags: secret.tags,
    value_since: new Date(secret.valueSince ?? secret.updatedAt).toISOString(),
    rotate_after_days: secret.rotateAfterDays ?? null,
    rotation_due: isDue(secret, Date.now()),
    rotation_due_in_days: dueInDays(secret, Date.now()) ?? null,
    exposed:
      secret.exposed === undefined ? null : { ...secret.exposed, since: new Date(secret.exposed.since).toISOString() },
    allowed_hosts: secret.allowedHosts,
    placeholder: secret.placeholder ?? null,
    weak: secret.weak,
    deleted: secret.deleted,
    canary: secret.canary,
  };
}
