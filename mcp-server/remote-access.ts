import type { Lease, VaultAccess } from "#core/run/vault-access.ts";
import { VAULT_ERROR_CODES, VaultError, type VaultErrorCode } from "#core/vault-error.ts";
import { type Agent, type HeldAnswer, holdPost, postToAgent } from "#mcp/agent-request.ts";
import { ACCESS_PATH, RPC_ARGUMENTS, type RpcMethod } from "#mcp/rpc-calls.ts";
import { fromJson, toJson } from "#mcp/rpc-values.ts";

/**
 * The vault that another process of this user holds. `ask` is not used: who asks a person is the other process, and
 * where it can't, calls end with approval-required. A lease ends when this process does.
 */
export function remoteAccess(agent: Agent): VaultAccess {
  const held = new Map<string, HeldAnswer>();
  const call = async (method: RpcMethod, args: readonly unknown[]): Promise<unknown> => {
    const answer = await postToAgent(agent, ACCESS_PATH, bodyOf(method, args));
    return resultOf(answer);
  };
  const methods: Record<RpcMethod, (...args: readonly unknown[]) => Promise<unknown>> = {
    ...table(
      (method) =>
        (...args) =>
          call(method, args.slice(0, RPC_ARGUMENTS[method])),
    ),
    async lease(asked, _ask, signal) {
      const answer = await holdPost(agent, ACCESS_PATH, bodyOf("lease", [asked]), signal as AbortSignal | undefined); // as the interface says
      try {
        const lease = resultOf(answer) as Lease; // what the other end's own vault gave
        held.set(lease.id, answer!);
        return lease;
      } catch (error) {
        answer?.release();
        throw error;
      }
    },
    async approve(asked, _ask, signal) {
      return resultOf(
        await postToAgent(agent, ACCESS_PATH, bodyOf("approve", [asked]), {
          signal: signal as AbortSignal | undefined,
        }),
      ); // likewise
    },
    async settle(id, outcome) {
      try {
        return await call("settle", [id, outcome]);
      } finally {
        held.get(String(id))?.release();
        held.delete(String(id));
      }
    },
  };
  // Every method is there by the table; what it returns is what the other end's vault returned.
  return methods as unknown as VaultAccess;
}

function table<T>(make: (method: RpcMethod) => T): Record<RpcMethod, T> {
  const methods = Object.keys(RPC_ARGUMENTS) as RpcMethod[]; // the keys of a literal
  return Object.fromEntries(methods.map((method) => [method, make(method)])) as Record<RpcMethod, T>;
}

function bodyOf(method: RpcMethod, args: readonly unknown[]) {
  return { method, args: args.map(toJson) };
}

function resultOf(answer: { readonly status: number; readonly body: unknown } | undefined): unknown {
  if (answer === undefined) {
    throw new VaultError(
      "agent-unreachable",
      'The process that held the vault has ended. Have a person run "ov unlock".',
    );
  }
  const body = typeof answer.body === "object" && answer.body !== null ? answer.body : {};
  if (answer.status === 200 && "result" in body) return fromJson(body.result);
  if (answer.status === 200 && "error" in body) throw errorOf(body.error);
  if (answer.status === 200) return undefined;
  throw new VaultError(
    "agent-unreachable",
    `The process that holds the vault refused this one (${answer.status}). Have a person run "ov lock" and "ov unlock".`,
  );
}

function errorOf(error: unknown): Error {
  const { code, message } = { code: "", message: "", ...(error as object) }; // spreading anything is safe
  const known = VAULT_ERROR_CODES.find((each) => each === code) satisfies VaultErrorCode | undefined;
  return known === undefined ? new Error(String(message)) : new VaultError(known, String(message));
}
