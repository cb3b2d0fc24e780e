import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Ask } from "#core/run/vault-access.ts";
import { askByPage, withoutFarBrowser } from "#mcp/ask-by-page.ts";
import { askThroughClient } from "#mcp/ask-through-client.ts";
import { type Client, clientOf } from "#mcp/client-of.ts";
import { forwardedPlace } from "#mcp/client-place.ts";
import { elicitOnOldConnection } from "#mcp/old-elicitation.ts";
import { withProgress } from "#mcp/progress.ts";
import type { AskSecret, ServerDeps } from "#mcp/server-deps.ts";
import type { Round, ShowForm } from "#mcp/suspended-calls.ts";
import type { Tool } from "#mcp/tool.ts";
import { toErrorResult, toResult } from "#mcp/tool-result.ts";
import { refuseValues } from "#mcp/value-arguments.ts";

export interface CallContext {
  readonly deps: ServerDeps;
  readonly server: McpServer;
  readonly context: ServerContext;
  /** The folders of the client that is connected here. */
  roots(): Promise<readonly string[]>;
}

/** Answers `tools/call`: here, or by an unlocked agent. */
export async function callTool(
  tool: Tool,
  args: unknown,
  context: CallContext,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    const { interceptor } = context.deps;
    await refuseValues(args, tool.known, async (text) => tool.storesArguments && interceptor.suspects(text));
    const client = withoutFarBrowser(clientOf(context.server, context.context), context.deps.place);
    const call: Call = { ...context, tool, args, client };
    return await withProgress(context.context, () => answer(call));
  } catch (error) {
    return toErrorResult(error, context.deps);
  }
}

interface Call extends CallContext {
  readonly tool: Tool;
  readonly args: unknown;
  readonly client: Client;
}

async function answer(call: Call): Promise<CallToolResult | InputRequiredResult> {
  const { mcpReq } = call.context;
  let state = mcpReq.requestState<string>();
  let round: Round = { signal: mcpReq.signal, responses: mcpReq.inputResponses };
  for (;;) {
    const result = (await forward(call, state, round)) ?? (await answerHere(call, state, round));
    if (call.client.modern || !isInputRequiredResult(result)) return result;
    state = result.requestState;
    round = { ...round, responses: await elicitOnOldConnection(result, call.context, call.deps.suspended.formMs) };
  }
}

async function forward(
  { deps, tool, args, client, roots }: Call,
  state: string | undefined,
  { signal, responses }: Round,
): Promise<CallToolResult | InputRequiredResult | undefined> {
  // An agent may have come since this process asked: the answer belongs to the call that waits here.
  if (deps.forward === undefined || (state !== undefined && deps.suspended.has(state))) return undefined;
  const place = { ...deps.place, roots: await roots() };
  return deps.forward({ tool: tool.name, args, client, place, state, responses }, signal);
}

function answerHere(
  call: Call,
  state: string | undefined,
  round: Round,
): Promise<CallToolResult | InputRequiredResult> {
  const { deps, tool, args, client } = call;
  // A later round brings an answer, and must repeat all the rest.
  const identity = JSON.stringify([tool.name, client.name, args]);
  if (state !== undefined) return deps.suspended.resume(state, identity, round);
  const forwarded = forwardedPlace(call.context);
  const place = forwarded ?? deps.place;
  const roots = forwarded === undefined ? call.roots : async () => forwarded.roots ?? [forwarded.cwd];
  return deps.suspended.start(identity, round, async (show, signal) => {
    try {
      const ask = askOf(deps, client, show);
      const askSecret = askSecretOf(deps, client, show);
      const toolCall = { deps, place, client: client.name, ask, askSecret, signal, roots };
      return await toResult(tool, await tool.run(args, toolCall), deps);
    } catch (error) {
      return toErrorResult(error, deps);
    }
  });
}

/** This process's own dialog first; where that finds nobody, the client's form. */
function askOf(deps: ServerDeps, client: Client, show: ShowForm): Ask | undefined {
  const here = deps.newAsk?.(client.name);
  const there = askThroughClient(client.capabilities, show);
  if (here === undefined || there === undefined) return here ?? there;
  return async (request, signal) => (await here(request, signal)) ?? (await there(request, signal));
}

/** This process's own prompt first; where that finds nobody, a page that the client opens. */
function askSecretOf(deps: ServerDeps, client: Client, show: ShowForm): AskSecret | undefined {
  const here = deps.askSecret;
  const there = askByPage(client.capabilities, show);
  if (here === undefined || there === undefined) return here ?? there;
  return async (question, signal) => (await here(question, signal)) ?? (await there(question, signal));
}
