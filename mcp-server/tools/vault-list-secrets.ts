import * as z from "zod";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import { dueInDays, isDue, rotationDueAt } from "#core/vault/rotation-due.ts";
import { VaultError } from "#core/vault-error.ts";
import { callContext, contextArguments } from "#mcp/call-context.ts";
import { runFolder } from "#mcp/run-folder.ts";
import { defineTool } from "#mcp/tool.ts";
import { unlockedVault } from "#mcp/tool-call.ts";

const secret = z.object({
  name: z.string(),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  rotation_due_at: z.string().optional(),
  due: z.boolean().optional().describe("A new value is due. Tell the person; they rotate it"),
  due_in_days: z.number().optional(),
  exposed: z
    .boolean()
    .optional()
    .describe("The value was left where it may be read, and needs a new one. Tell the person"),
  last_used_at: z.string().optional(),
  allowed_hosts: z.array(z.string()).optional().describe("Where the value is meant to go"),
  placeholder_places: z
    .array(z.string())
    .optional()
    .describe("Commands get a placeholder; the value goes out by HTTPS to allowed_hosts only, in these places"),
  weakly_protected: z.boolean().describe("Too short or too common to be redacted everywhere"),
});

export const vaultListSecrets = defineTool({
  name: "vault_list_secrets",
  title: "List secret names",
  description:
    "Lists the secrets of an app and environment: names and metadata, never values. Use it to learn which variables vault_run can give a command.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    ...contextArguments,
    query: z.string().max(200).optional().describe("Only names, descriptions and tags that contain this"),
    cursor: z.string().max(200).optional().describe("next_cursor of the page before"),
  }),
  output: z.object({
    context: z.string(),
    total: z.number(),
    secrets: z.array(secret),
    next_cursor: z.string().optional(),
  }),
  opaque: ["next_cursor"],
  async run(args, call) {
    const access = await unlockedVault(call);
    const { context } = await callContext(call, args, await runFolder(call, undefined));
    const all = [...(await access.list(context))].sort((a, b) => (a.name < b.name ? -1 : 1));
    const found = all.filter((info) => matches(info, args.query));
    const after = args.cursor === undefined ? undefined : nameOf(args.cursor);
    const rest = after === undefined ? found : found.filter((info) => info.name > after);
    const page = rest.slice(0, PAGE);
    const last = page.at(-1);
    return {
      context: formatContext(context),
      total: found.length,
      secrets: page.map((info) => describe(info, call.deps.now())),
      ...(last !== undefined && rest.length > PAGE ? { next_cursor: cursorOf(last.name) } : {}),
    };
  },
  render(output) {
    const lines = output.secrets.map((info) =>
      [
        ...[info.name, `v${info.version}`, info.description, ...info.tags.map((tag) => `#${tag}`), placeholderOf(info)],
        ...[info.exposed ? "[exposed: needs a new value]" : "", dueOf(info)],
      ]
        .filter(Boolean)
        .join("  "),
    );
    const more = output.next_cursor === undefined ? [] : [`More: cursor ${output.next_cursor}`];
    return [`${output.total} secrets in ${output.context}`, ...lines, ...more].join("\n");
  },
});

function placeholderOf({ placeholder_places, allowed_hosts = [] }: z.output<typeof secret>): string {
  if (placeholder_places === undefined) return "";
  return `[placeholder: ${placeholder_places.join(", ")} to ${allowed_hosts.join(", ")}]`;
}

function dueOf({ due, due_in_days }: z.output<typeof secret>): string {
  if (due) return "[a new value is due]";
  return due_in_days === undefined ? "" : `[a new value is due in ${due_in_days} days]`;
}

const PAGE = 100;

function matches(info: SecretInfo, query: string | undefined): boolean {
  if (query === undefined) return true;
  const wanted = query.toLowerCase();
  return [info.name, info.description, ...info.tags].some((text) => text.toLowerCase().includes(wanted));
}

function describe(info: SecretInfo, now: number): z.output<typeof secret> {
  const due = rotationDueAt(info);
  return {
    name: info.name,
    version: info.version,
    created_at: isoTime(info.createdAt),
    updated_at: isoTime(info.updatedAt),
    description: info.description,
    tags: [...info.tags],
    ...(due === undefined ? {} : { rotation_due_at: isoTime(due), ...dueFields(info, now) }),
    ...(info.exposed === undefined ? {} : { exposed: true }),
    ...(info.lastUsedAt === undefined ? {} : { last_used_at: isoTime(info.lastUsedAt) }),
    ...(info.allowedHosts.length === 0 ? {} : { allowed_hosts: [...info.allowedHosts] }),
    ...(info.placeholder === undefined ? {} : { placeholder_places: [...info.placeholder] }),
    weakly_protected: info.weak,
  };
}

function dueFields(info: SecretInfo, now: number): { due: boolean; due_in_days?: number } {
  return isDue(info, now) ? { due: true } : { due: false, due_in_days: dueInDays(info, now)! };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function cursorOf(name: string): string {
  return Buffer.from(name).toString("base64url");
}

function nameOf(cursor: string): string {
  const name = Buffer.from(cursor, "base64url").toString("utf8");
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new VaultError(
    "argument-invalid",
    "cursor: this is no next_cursor of vault_list_secrets. Leave it out to start over.",
  );
}
