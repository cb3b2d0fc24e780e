import type { CallToolResult } from "@modelcontextprotocol/server";
import { isVaultError, type VaultErrorCode } from "#core/vault-error.ts";
import type { Interceptor, RuleCounts } from "#mcp/interceptor.ts";
import type { Tool } from "#mcp/tool.ts";

/** What stands between a tool and the model. Output of programs is redacted before, as bytes, by the run itself. */
export interface Edge {
  readonly interceptor: Interceptor;
  log(line: string): void;
}

/** The answer of a tool as the model gets it: every string checked for credentials. */
export async function toResult(tool: Tool, output: Record<string, unknown>, edge: Edge): Promise<CallToolResult> {
  const counts = new Map<string, number>();
  const structured: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(output)) {
    structured[key] = tool.opaque.has(key)
      ? value
      : await mapStrings(value, (text) => edge.interceptor.inspect(text, counts));
  }
  const text = tool.render(structured) + warning(counts, edge.interceptor);
  return {
    content: [{ type: "text", text }],
    structuredContent: structured,
    ...(counts.size === 0 ? {} : { _meta: { "opaquevault/credentials": Object.fromEntries(counts) } }),
  };
}

/** A failure as the model gets it: `code: message. next step`, or for a bug a generic text, the rest in the log. */
export async function toErrorResult(error: unknown, edge: Edge): Promise<CallToolResult> {
  if (!isVaultError(error)) {
    edge.log(`internal-error ${await edge.interceptor.inspect(stackOf(error), new Map())}`);
    return failure(
      "internal-error",
      "OpaqueVault failed here, and the run's state is unknown. A person finds more in its log.",
    );
  }
  return failure(error.code, await edge.interceptor.inspect(error.message, new Map()));
}

function failure(code: VaultErrorCode | "internal-error", message: string): CallToolResult {
  // A result with isError has no structuredContent: it would have to fit the output schema.
  return {
    content: [{ type: "text", text: `${code}: ${message}` }],
    isError: true,
    _meta: { "opaquevault/code": code },
  };
}

async function mapStrings(value: unknown, map: (text: string) => Promise<string>): Promise<unknown> {
  if (typeof value === "string") return map(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const mapped: unknown[] = [];
    for (const entry of value) mapped.push(await mapStrings(entry, map));
    return mapped;
  }
  const mapped: [string, unknown][] = [];
  for (const [key, entry] of Object.entries(value)) mapped.push([await map(key), await mapStrings(entry, map)]);
  return Object.fromEntries(mapped);
}

function warning(counts: RuleCounts, interceptor: Interceptor): string {
  if (counts.size === 0) return "";
  const rules = [...counts].map(([rule, count]) => (count === 1 ? rule : `${rule} × ${count}`)).join(", ");
  const what = interceptor.mode === "block" ? "was redacted here" : "is in this output";
  return `\n[OpaqueVault: what looks like a credential that is not in the vault (${rules}) ${what}. A person should store it with "ov secret create".]`;
}

/** The message of a bug may quote anything, so only its kind and place go on. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}
