import type { InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { FORM_KEY } from "#mcp/suspended-calls.ts";

/**
 * Fulfils a question on a connection of protocol 2025-11-25 or older, where the server asks while it answers.
 * A client that fails or takes too long is one where nobody answered.
 */
export async function elicitOnOldConnection(
  question: InputRequiredResult,
  context: ServerContext,
  timeout: number,
): Promise<Record<string, unknown>> {
  const request = question.inputRequests?.[FORM_KEY];
  if (request?.method !== "elicitation/create" || !("requestedSchema" in request.params)) return {};
  const { signal } = context.mcpReq;
  try {
    return { [FORM_KEY]: await context.mcpReq.elicitInput(request.params, { timeout, signal }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { [FORM_KEY]: { action: "cancel" } };
  }
}
