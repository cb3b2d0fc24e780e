import type { Answer, FromApprovals } from "../../../webview/approvals-protocol.ts";

/** A message of the view, or undefined. */
export function asFromApprovals(message: unknown): FromApprovals | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { kind, id, answer } = message as Record<string, unknown>;
  switch (kind) {
    case "ready":
    case "deny-all-and-lock":
      return { kind };
    case "end":
      return typeof id === "string" ? { kind, id } : undefined;
    case "answer": {
      const given = asAnswer(answer);
      return typeof id === "string" && given !== undefined ? { kind, id, answer: given } : undefined;
    }
    default:
      return undefined;
  }
}

function asAnswer(answer: unknown): Answer | undefined {
  if (answer === "deny" || answer === "once" || answer === "command") return answer;
  const minutes = typeof answer === "object" && answer !== null && "minutes" in answer ? answer.minutes : undefined;
  return minutes === 15 || minutes === 60 ? { minutes } : undefined;
}
