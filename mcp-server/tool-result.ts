import type { CallToolResult } from "@modelcontextprotocol/server";
import { isVaultError, type VaultErrorCode } from "#core/vault-error.ts";
import type { Interceptor } from "#mcp/interceptor.ts";
import type { Tool } from "#mcp/tool.ts";

/** What stands between a tool and the model. Output of programs is redacted before, as bytes, by the run itself. */
export interface Edge {
  readonly interceptor: Interceptor;
  log(line: string): void;
}

/** The answer of a tool as the model gets it: every string checked for credentials. */
export function toResult(tool: Tool, output: Record<string, unknown>, edge: Edge): CallToolResult {
  const rules = new Set<string>();
  const structured: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(output)) {
    structured[key] = mapStrings(value, (text) => clean(text, edge, tool.opaque.has(key) ? undefined : rules));
  }
  const text = tool.render(structured);
  return { content: [{ type: "text", text: text + warning(rules, edge.interceptor) }], structuredContent: structured };
}

/** A failure as the model gets it: `code: message. next step`, or for a bug a generic text, the rest in the log. */
export function toErrorResult(error: unknown, edge: Edge): CallToolResult {
  if (!isVaultError(error)) {
    edge.log(`internal-error ${clean(stackOf(error), edge, new Set())}`);
    return failure(
      "internal-error",
      "OpaqueVault failed here, and the run's state is unknown. A person finds more in its log.",
    );
  }
  return failure(error.code, clean(error.message, edge, new Set()));
}

function failure(code: VaultErrorCode | "internal-error", message: string): CallToolResult {
  // A result with isError has no structuredContent: it would have to fit the output schema.
  return {
    content: [{ type: "text", text: `${code}: ${message}` }],
    isError: true,
    _meta: { "opaquevault/code": code },
  };
}

function clean(text: string, edge: Edge, rules: Set<string> | undefined): string {
  if (rules === undefined) return text;
  const inspected = edge.interceptor.inspect(text);
  for (const rule of inspected.rules) rules.add(rule);
  return inspected.text;
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [map(key), mapStrings(entry, map)]));
}

function warning(rules: ReadonlySet<string>, interceptor: Interceptor): string {
  if (rules.size === 0) return "";
  const what = interceptor.mode === "block" ? "was redacted here" : "is in this output";
  return `\n[OpaqueVault: what looks like a credential that is not in the vault (${[...rules].join(", ")}) ${what}. A person should store it with "ov secret create".]`;
}

/** The message of a bug may quote anything, so only its kind and place go on. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}
