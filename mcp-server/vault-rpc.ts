import type { ApprovalRequest, Ask, Lease, VaultAccess } from "#core/run/vault-access.ts";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import type { RpcMethod } from "#mcp/rpc-calls.ts";
import { asRpcMethod, RPC_METHODS } from "#mcp/rpc-methods.ts";
import { fromJson, toJson } from "#mcp/rpc-values.ts";
import type { Route, RouteReply } from "#mcp/serve-socket.ts";
import { UNLOCK } from "#mcp/tool-call.ts";

/**
 * Lets other processes of this user call a vault: `POST {"method", "args"}`, answered by `{"result"}` or `{"error"}`.
 * A lease is bound to the connection that it was asked on: when that closes, the lease is settled.
 */
export function vaultRpc(
  access: () => Promise<VaultAccess | undefined>,
  log: (line: string) => void,
  /** Asks a person in the process that serves. Left out: the caller has to find one. */
  newAsk?: (client: string) => Ask,
): Route {
  return async (body, signal) => {
    try {
      const { method, args } = checked(body);
      const vault = await access();
      if (vault === undefined) throw new VaultError("vault-locked", UNLOCK);
      // By their schemas, both have a request as their first argument.
      const ask = ASKING.has(method) ? newAsk?.((args[0] as ApprovalRequest).client) : undefined;
      if (method === "lease") return await lease(vault, args, ask, signal);
      const more = method === "approve" ? [ask, signal] : [];
      return { body: { result: toJson(await invoke(vault, method, [...args, ...more])) } };
    } catch (error) {
      return { body: { error: wireError(error, log) } };
    }
  };
}

const ASKING: ReadonlySet<RpcMethod> = new Set(["lease", "approve"]);

async function lease(
  vault: VaultAccess,
  args: readonly unknown[],
  ask: Ask | undefined,
  signal: AbortSignal,
): Promise<RouteReply> {
  const granted = (await invoke(vault, "lease", [args[0], ask, signal])) as Lease; // as the interface says
  const body = { result: toJson(granted) };
  for (const { value } of granted.secrets) value.fill(0);
  // Settling twice does nothing, so this is for those that went away without a word.
  const outcome = { exitCode: undefined, outcome: "cancelled", redactions: 0 } as const;
  return { body, onGone: () => void vault.settle(granted.id, outcome).catch(() => {}) };
}

/** The table proves that the method exists and that the arguments fit it; the compiler can't follow a table that far. */
function invoke(vault: VaultAccess, method: RpcMethod, args: readonly unknown[]): Promise<unknown> {
  return (vault[method] as (...all: readonly unknown[]) => Promise<unknown>).apply(vault, args as unknown[]);
}

function checked(body: unknown): { readonly method: RpcMethod; readonly args: readonly unknown[] } {
  const call = typeof body === "object" && body !== null ? body : {};
  const method = asRpcMethod("method" in call ? call.method : undefined);
  if (method === undefined) throw mismatch("a method");
  const given = fromJson("args" in call ? call.args : undefined);
  const schemas = RPC_METHODS[method];
  if (!Array.isArray(given) || given.length > schemas.length) throw mismatch(method);
  const args = schemas.map((schema, index) => {
    const parsed = schema.safeParse(given[index] ?? undefined);
    if (!parsed.success) throw mismatch(method);
    return parsed.data;
  });
  return { method, args };
}

function mismatch(what: string): VaultError {
  return new VaultError(
    "argument-invalid",
    `This process does not understand the call of ${what}. Use one version of OpaqueVault everywhere, and run "ov lock" after an update.`,
  );
}

function wireError(error: unknown, log: (line: string) => void): { readonly code: string; readonly message: string } {
  if (isVaultError(error)) return { code: error.code, message: error.message };
  log(`access-error ${error instanceof Error ? error.name : "unknown"}`);
  return {
    code: "internal-error",
    message: "The process that holds the vault failed here. A person finds more in its log.",
  };
}
