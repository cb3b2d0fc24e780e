import type { HookClientName } from "#mcp/client-setup/hooks.ts";

/** What an event says of a tool's output. `shown`: the model gets it whatever a hook answers. */
export interface ToolOutput {
  readonly kind: "replaceable" | "shown";
  readonly output: unknown;
}

/** How a client's hook talks: an event as JSON on stdin, the answer as JSON on stdout, exit code 0. */
export interface Protocol {
  /** undefined = this event is not about a tool's output. */
  read(event: Event): ToolOutput | undefined;
  /** `output` has the shape of what was read. */
  replace(event: Event, output: unknown): unknown;
  /** For an output that can't be replaced: tells the person and the model. */
  warn?(event: Event, warning: string): unknown;
}

export type Event = Readonly<Record<string, unknown>>;

const ABOUT =
  "[redacted:vault] stands for a value of the person's vault. Use it by vault_run with $NAME, and never write this mark into a file.";

export const PROTOCOLS: Readonly<Record<HookClientName, Protocol>> = {
  claude: {
    read: (event) => {
      if (event.hook_event_name === "PostToolUse") return { kind: "replaceable", output: event.tool_response };
      // Of a command that failed, no hook can replace the output.
      return event.hook_event_name === "PostToolUseFailure" ? { kind: "shown", output: event.error } : undefined;
    },
    // Only an output of the tool's own shape is taken.
    replace: (_event, output) => ({
      hookSpecificOutput: { hookEventName: "PostToolUse", updatedToolOutput: output, additionalContext: ABOUT },
    }),
    warn: (_event, warning) => ({
      systemMessage: warning,
      hookSpecificOutput: { hookEventName: "PostToolUseFailure", additionalContext: warning },
    }),
  },
  copilot: {
    read: (event) => {
      if (event.toolResult !== undefined) return { kind: "replaceable", output: event.toolResult };
      return event.error === undefined ? undefined : { kind: "shown", output: event.error };
    },
    replace: (_event, output) => ({ modifiedResult: output, additionalContext: ABOUT }),
    warn: (_event, warning) => ({ additionalContext: warning }),
  },
  codex: {
    read: (event) =>
      event.hook_event_name === "PostToolUse" ? { kind: "replaceable", output: event.tool_response } : undefined,
    // The reason takes the output's place.
    replace: (_event, output) => ({ decision: "block", reason: inWords(textOf(output)) }),
  },
  gemini: {
    read: (event) =>
      event.hook_event_name === "AfterTool"
        ? { kind: "replaceable", output: modelPart(event.tool_response) }
        : undefined,
    replace: (_event, output) => ({ decision: "deny", reason: inWords(textOf(output)) }),
  },
};

function inWords(output: string): string {
  return `The tool ran. OpaqueVault hid values in its output: ${ABOUT} The output:\n${output}`;
}

/** What the person sees may be something else, and the model doesn't get it. */
function modelPart(response: unknown): unknown {
  return typeof response === "object" && response !== null && "llmContent" in response ? response.llmContent : response;
}

/** The text of a string, of a list of parts, or the JSON of anything else. */
function textOf(output: unknown): string {
  if (typeof output === "string") return output;
  if (Array.isArray(output)) return output.map(textOf).join("\n");
  if (typeof output === "object" && output !== null && "text" in output && typeof output.text === "string") {
    return output.text;
  }
  return JSON.stringify(output) ?? "";
}
