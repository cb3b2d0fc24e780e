import { randomUUID } from "node:crypto";
import type { InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { FORM_KEY } from "#mcp/suspended-calls.ts";

/**
 * Fulfils a question on a connection of protocol 2025-11-25 or older, where the server asks while it answers.
 * A client that fails or takes too long is one where nobody answered. So is one that cancelled: the round that brings
 * this answer has its signal, and ends the call and what it opened.
 */
export async function elicitOnOldConnection(
  question: InputRequiredResult,
  context: ServerContext,
  timeout: number,
): Promise<Record<string, unknown>> {
  const request = question.inputRequests?.[FORM_KEY];
  if (request?.method !== "elicitation/create") return {};
  const { signal } = context.mcpReq;
  try {
    const { params } = request;
    const asked = "url" in params ? { ...params, elicitationId: randomUUID() } : params;
    return { [FORM_KEY]: await context.mcpReq.elicitInput(asked, { timeout, signal }) };
  } catch {
    return { [FORM_KEY]: { action: "cancel" } };
  }
}
