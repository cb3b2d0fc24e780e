import * as z from "zod";
import type { Policy } from "#core/run/policy.ts";
import { asPolicy } from "#core/run/policy-format.ts";
import { asId, type Id } from "#core/store/store.ts";
import { asContextName, asSecretName, type ContextName, type SecretName } from "#core/vault/context.ts";
import type { RPC_ARGUMENTS, RpcMethod } from "#mcp/rpc-calls.ts";

const contextName = z.custom<ContextName>((text) => typeof text === "string" && asContextName(text) !== undefined);
const secretName = z.custom<SecretName>((text) => typeof text === "string" && asSecretName(text) !== undefined);
const context = z.strictObject({ app: contextName, environment: contextName });
const id = z.custom<Id>((text) => typeof text === "string" && asId(text) !== undefined);
const bytes = z.instanceof(Uint8Array);
const count = z.number().int().nonnegative();
const line = z.string().max(65_536);
const decision = z.union([z.enum(["deny", "once", "command"]), z.strictObject({ minutes: z.number() })]);

const draft = z.strictObject({
  name: secretName,
  value: bytes.optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  rotateAfterDays: z.number().nullable().optional(),
  allowedHosts: z.array(z.string()).optional(),
  placeholder: z.array(z.string()).nullable().optional(),
  canary: z.literal(true).optional(),
});

const request = {
  client: z.string().max(200),
  session: z.string().max(64).optional(),
  context,
  command: line,
  cwd: z.string().max(4096),
  reason: line.optional(),
  projectFile: z.object({ path: z.string(), text: z.string(), hash: z.string() }).optional(),
};

const role = z.enum(["reader", "writer", "admin"]);
const who = z.string().max(400);

const newToken = z.strictObject({
  name: z.string().max(100),
  contexts: z.array(context).min(1).max(100),
  expiresAt: count,
  addresses: z.array(z.string().max(64)).max(32),
});

const hour = z.number().int().min(0).max(24);
const auditFilter = z.strictObject({
  since: z.number().optional(),
  until: z.number().optional(),
  name: z.string().optional(),
  context: z.string().optional(),
  client: z.string().optional(),
  action: z.string().optional(),
  anomalies: z.strictObject({ hours: z.strictObject({ from: hour, to: hour }).optional() }).optional(),
  onlyAnomalies: z.boolean().optional(),
});
const rotationPlace = { home: context, id: z.string().max(200) };
const rotationStep = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("begin"),
    id,
    name: secretName,
    contexts: z.array(context).min(1).max(1000),
    provider: z
      .strictObject({
        command: z.array(line).min(1).max(1000),
        cwd: z.string().max(4096),
        secrets: z.array(secretName),
      })
      .optional(),
    password: bytes.optional(),
  }),
  z.strictObject({ kind: z.literal("made"), value: bytes, ...rotationPlace }),
  z.strictObject({ kind: z.enum(["store", "discard", "end"]), ...rotationPlace }),
]);

/**
 * Every method of a vault that another process of this user may call, and what its arguments must be. Names are made
 * of text here, so this is the door where they are checked. `ask` and `signal` are functions and don't travel: nobody
 * is asked at the other end, and a signal is a connection that ends.
 */
export const RPC_METHODS = {
  status: [],
  revision: [],
  apps: [],
  createApp: [contextName],
  deleteApp: [contextName],
  createEnvironment: [context],
  deleteEnvironment: [context],
  turnEpoch: [context],
  policy: [context],
  setPolicy: [context, z.custom<Policy>((value) => asPolicy(value) !== undefined), bytes],
  list: [context, z.strictObject({ deleted: z.boolean().optional() }).optional()],
  history: [context, secretName],
  write: [context, z.enum(["create", "update", "upsert"]), z.array(draft).max(100_000), bytes.optional()],
  rename: [context, secretName, secretName],
  delete: [context, secretName],
  undelete: [context, secretName],
  purge: [context, secretName, count.optional()],
  clearExposed: [context, secretName, bytes],
  rollback: [context, secretName, count],
  copy: [context, z.array(secretName).min(1).max(10_000), context, bytes],
  compare: [z.array(context).min(1).max(1000), bytes, secretName.optional()],
  rotations: [],
  rotate: [rotationStep],
  lease: [
    z.strictObject({
      ...request,
      action: z.enum(["run", "shell"]),
      names: z.array(secretName).optional(),
      runs: z
        .strictObject({ command: z.union([line, z.array(line).max(32_768)]), searchPath: line.optional() })
        .optional(),
      canConfine: z.boolean().optional(),
      canStandIn: z.boolean().optional(),
      surroundings: line.optional(),
      rotation: z.strictObject(rotationPlace).optional(),
    }),
  ],
  settle: [
    z.string().max(200),
    z.strictObject({
      exitCode: z.number().int().optional(),
      outcome: z.enum(["ended", "timed-out", "cancelled", "failed"]),
      redactions: count,
      leakedFiles: count.optional(),
      leakedNames: z.array(line).max(10_000).optional(),
      alarm: z.strictObject({ dumped: z.boolean(), evasive: z.array(line).max(10_000) }).optional(),
      stopped: z.literal(true).optional(),
      pieces: z
        .array(z.strictObject({ name: line, hash: z.string().max(64) }))
        .max(1000)
        .optional(),
    }),
  ],
  reveal: [context, secretName, count.optional(), bytes],
  prove: [bytes],
  redact: [z.string().max(200), z.array(z.string()).max(10_000), z.boolean().optional()],
  approve: [
    z.strictObject({ ...request, action: z.enum(["run", "shell", "write", "delete"]), names: z.array(secretName) }),
  ],
  pending: [],
  approvals: [],
  answer: [z.string().max(200), decision, bytes.optional()],
  preapprove: [context, z.number(), bytes],
  endApproval: [z.string().max(200)],
  members: [context],
  invite: [
    z.strictObject({ contexts: z.array(context).min(1).max(1000), role, name: z.string().max(200).optional() }),
    bytes,
  ],
  withdrawInvite: [z.string().max(200)],
  acceptInvite: [
    z.string().max(4096),
    z.strictObject({ app: contextName.optional(), inviter: z.string().max(200).optional() }),
    bytes,
  ],
  catchUp: [],
  setRole: [context, who, role, bytes],
  nameMember: [context, who, who],
  removeMember: [context, who, bytes],
  leave: [context, bytes],
  createToken: [newToken, bytes],
  tokens: [],
  revokeToken: [z.string().max(200)],
  audit: [auditFilter.optional()],
  lock: [],
} as const satisfies { [M in RpcMethod]: readonly z.ZodType[] & { readonly length: (typeof RPC_ARGUMENTS)[M] } };

export function asRpcMethod(text: unknown): RpcMethod | undefined {
  return typeof text === "string" && Object.hasOwn(RPC_METHODS, text) ? (text as RpcMethod) : undefined;
}
