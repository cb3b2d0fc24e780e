import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type InputRequiredResult,
  isCallToolResult,
  isInputRequiredResult,
  PROTOCOL_VERSION_META_KEY,
} from "@modelcontextprotocol/server";
import { childEnvironment } from "#core/run/child-env.ts";
import { RUN_VARIABLE } from "#core/run/run-marker.ts";
import { VaultError } from "#core/vault-error.ts";
import { type Agent, postToAgent } from "#mcp/agent-request.ts";
import type { Client } from "#mcp/client-of.ts";
import { PLACE_META_KEY } from "#mcp/client-place.ts";
import type { Place } from "#mcp/server-deps.ts";

/** One call of a tool, and all that an agent needs to answer it as if the client were connected there. */
export interface ForwardedCall {
  readonly tool: string;
  readonly args: unknown;
  readonly client: Client;
  readonly place: Place;
  readonly state: string | undefined;
  readonly responses: Record<string, unknown> | undefined;
}

/** undefined = no agent is there, so the call is answered here. */
export interface Forward {
  (call: ForwardedCall, signal: AbortSignal): Promise<CallToolResult | InputRequiredResult | undefined>;
  /** Ends the shells that were opened through it: their client has gone. */
  close?(): Promise<void>;
}

/**
 * Hands each call to the agent that is there at that moment. Calls of protocol 2026-07-28 stand alone, so nothing has
 * to be set up again when an agent goes and another comes.
 */
export function forwardTo(findAgent: () => Promise<Agent | undefined>): Forward {
  const shells = new Map<string, ForwardedCall>();

  const forward: Forward = async (call, signal) => {
    const agent = await findAgent();
    if (agent === undefined) return undefined;
    const answer = await postToAgent(agent, "/mcp", asRequest(call), { headers: headersOf(call), signal });
    if (answer === undefined) return undefined;
    const result = resultOf(answer.body);
    if (call.tool === "vault_inject_env") noteShell(shells, call, result);
    return result;
  };
  forward.close = async () => {
    const closing = [...shells].map(([session_id, call]) =>
      forward({ ...call, args: { session_id, close: true } }, AbortSignal.timeout(CLOSE_MS)),
    );
    // An agent that has gone took its shells with it.
    await Promise.allSettled(closing);
  };
  return forward;
}

const CLOSE_MS = 5_000;

function noteShell(
  shells: Map<string, ForwardedCall>,
  call: ForwardedCall,
  result: CallToolResult | InputRequiredResult,
) {
  const data: unknown = "structuredContent" in result ? result.structuredContent : undefined;
  if (typeof data !== "object" || data === null || !("session_id" in data) || !("state" in data)) return;
  const { session_id: id, state } = data;
  if (typeof id !== "string") return;
  if (state === "ended") shells.delete(id);
  else shells.set(id, { ...call, state: undefined, responses: undefined });
}

const PROTOCOL = "2026-07-28";

function headersOf(call: ForwardedCall): Record<string, string> {
  return {
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": PROTOCOL,
    "mcp-method": "tools/call",
    "mcp-name": call.tool,
  };
}

function asRequest({ tool, args, client, place, state, responses }: ForwardedCall) {
  return {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: {
      name: tool,
      arguments: args ?? {},
      ...(state === undefined ? {} : { requestState: state }),
      ...(responses === undefined ? {} : { inputResponses: responses }),
      _meta: {
        [PROTOCOL_VERSION_META_KEY]: PROTOCOL,
        [CLIENT_INFO_META_KEY]: { name: client.name, version: "" },
        [CLIENT_CAPABILITIES_META_KEY]: { elicitation: client.capabilities?.elicitation },
        [PLACE_META_KEY]: {
          cwd: place.cwd,
          roots: place.roots,
          session: place.session,
          // Only what a child may inherit leaves this process.
          environment: { ...childEnvironment(place.environment, []), [RUN_VARIABLE]: place.environment[RUN_VARIABLE] },
        },
      },
    },
  };
}

function resultOf(body: unknown): CallToolResult | InputRequiredResult {
  const result = typeof body === "object" && body !== null && "result" in body ? body.result : undefined;
  if (isInputRequiredResult(result) || isCallToolResult(result)) return result;
  throw new VaultError(
    "agent-unreachable",
    'The process that holds the vault does not understand this one. Have a person update OpaqueVault, then run "ov lock" and "ov unlock".',
  );
}
