import * as z from "zod";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import { isDue } from "#core/vault/rotation-due.ts";
import { isVaultError } from "#core/vault-error.ts";
import { callContext } from "#mcp/call-context.ts";
import { runFolder } from "#mcp/run-folder.ts";
import { defineTool } from "#mcp/tool.ts";
import { type ToolCall, UNLOCK } from "#mcp/tool-call.ts";

const output = z.object({
  state: z.enum(["absent", "locked", "unlocked"]),
  context: z.string().optional(),
  context_source: z.enum(["arguments", "project-file", "user-config"]).optional(),
  context_problem: z.string().optional(),
  store: z.string().optional(),
  session_age_seconds: z.number().optional(),
  auto_lock_in_seconds: z.number().optional(),
  shared_environments: z
    .array(z.object({ context: z.string(), role: z.enum(["reader", "writer", "admin"]).optional() }))
    .optional()
    .describe("Of other people's vaults; a reader can't write, and without a role they are closed"),
  pending_approvals: z.number().optional(),
  standing_approvals: z.number().optional(),
  weakly_protected: z
    .array(z.string())
    .optional()
    .describe("Secrets too short or too common to be redacted everywhere"),
  exposed: z.array(z.string()).optional().describe("Values left where they may be read: they need new ones"),
  rotation_due: z.array(z.string()).optional().describe("Secrets whose new value is due"),
  unfinished_rotations: z.number().optional().describe("A person ends them with ov secret rotate --resume"),
  interceptor: z.object({
    mode: z.enum(["block", "warn"]),
    found: z.number(),
    found_by_rule: z.record(z.string(), z.number()),
  }),
  next_step: z.string().optional(),
});

export const vaultStatus = defineTool({
  name: "vault_status",
  title: "Show vault status",
  description:
    "Tells whether the vault is unlocked, which app and environment apply here and why, and what waits for a person. Needs no approval.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({}),
  output,
  async run(_, call): Promise<Status> {
    const interceptor = interceptorStatus(call);
    const access = await call.deps.access();
    const status = await access?.status();
    const where = await currentContext(call);
    if (access === undefined || status === undefined) {
      return { state: "locked", ...shown(where), interceptor, next_step: UNLOCK };
    }
    switch (status.kind) {
      case "absent":
        return {
          state: "absent",
          ...shown(where),
          store: status.location,
          interceptor,
          next_step: 'There is no vault yet. Have a person run "ov vault init" in a terminal of their own.',
        };
      case "locked":
        return { state: "locked", ...shown(where), store: status.location, interceptor, next_step: UNLOCK };
      case "unlocked": {
        const secrets = where.resolved === undefined ? [] : await listOrNone(access.list(where.resolved.context));
        const now = call.deps.now();
        return {
          state: "unlocked",
          ...shown(where),
          store: status.location,
          session_age_seconds: Math.max(0, Math.round((now - status.unlockedAt) / 1000)),
          auto_lock_in_seconds: Math.max(0, Math.round((status.locksAt - now) / 1000)),
          ...(status.shared && {
            shared_environments: status.shared.map(({ context, ...role }) => ({
              context: formatContext(context),
              ...role,
            })),
          }),
          pending_approvals: status.pendingApprovals,
          standing_approvals: status.approvals,
          weakly_protected: secrets.filter((secret) => secret.weak).map((secret) => secret.name),
          ...needs(secrets, await listOrNone(access.rotations()), now),
          interceptor,
          ...(status.pendingApprovals === 0 ? {} : { next_step: 'A person can answer what waits with "ov approve".' }),
        };
      }
    }
  },
  render(status) {
    return Object.entries(status)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
      .join("\n");
  },
});

function interceptorStatus({ deps }: ToolCall): Status["interceptor"] {
  const counts = [...deps.interceptor.found];
  const found = counts.reduce((sum, [, count]) => sum + count, 0);
  return { mode: deps.interceptor.mode, found, found_by_rule: Object.fromEntries(counts) };
}

/** Left out where there is nothing to say. */
function needs(secrets: readonly SecretInfo[], rotations: readonly RotationInfo[], now: number): Partial<Status> {
  const exposed = secrets.filter((secret) => secret.exposed !== undefined).map(({ name }) => name);
  const due = secrets.filter((secret) => isDue(secret, now)).map(({ name }) => name);
  return {
    ...(exposed.length === 0 ? {} : { exposed }),
    ...(due.length === 0 ? {} : { rotation_due: due }),
    ...(rotations.length === 0 ? {} : { unfinished_rotations: rotations.length }),
  };
}

type Status = z.output<typeof output>;
type Where = Awaited<ReturnType<typeof currentContext>>;

/** The context of a call without arguments; a status has to tell why there is none. */
async function currentContext(call: ToolCall) {
  try {
    return { resolved: await callContext(call, {}, await runFolder(call, undefined)), problem: undefined };
  } catch (error) {
    if (!isVaultError(error)) throw error;
    return { resolved: undefined, problem: `${error.code}: ${error.message}` };
  }
}

function shown({ resolved, problem }: Where) {
  return resolved === undefined
    ? { context_problem: problem }
    : { context: formatContext(resolved.context), context_source: resolved.source };
}

async function listOrNone<T>(listed: Promise<readonly T[]>): Promise<readonly T[]> {
  return listed.catch((error) => {
    // An environment that was never fetched is no reason to tell nothing of the others.
    if (isVaultError(error, "context-not-found", "server-unreachable")) return [];
    throw error;
  });
}
