import type { ToolAnnotations } from "@modelcontextprotocol/server";
import type * as z from "zod";
import { VaultError } from "#core/vault-error.ts";
import type { ToolCall } from "#mcp/tool-call.ts";

/** What one tool is: its face for clients, and what it does. It returns data; `render` makes the text of it. */
export interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  /** Never begins with "Run": VS Code asks "Run {title}?". */
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: Input;
  readonly output: Output;
  /** Keys of the output that are ours and look random, so that the interceptor leaves them alone. */
  readonly opaque?: readonly string[];
  /** Its arguments go into the vault, so none may hold what looks like a credential. */
  readonly storesArguments?: boolean;
  run(args: z.output<Input>, call: ToolCall): Promise<z.output<Output>>;
  render(output: z.output<Output>): string;
}

/** A tool with its types folded away, as the server holds it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly opaque: ReadonlySet<string>;
  readonly storesArguments: boolean;
  /** Every argument name at any depth. */
  readonly known: ReadonlySet<string>;
  /** Checks the arguments, or refuses with argument-invalid. */
  run(args: unknown, call: ToolCall): Promise<Record<string, unknown>>;
  render(output: Record<string, unknown>): string;
}

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: ToolDefinition<Input, Output>,
): Tool {
  let known: ReadonlySet<string> | undefined;
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    annotations: tool.annotations,
    input: tool.input,
    output: tool.output,
    opaque: new Set(tool.opaque ?? []),
    storesArguments: tool.storesArguments ?? false,
    // Made with the first call: for all tools at once it takes some 20 ms.
    get known() {
      known ??= new Set(argumentNames(tool.input.toJSONSchema({ io: "input" })));
      return known;
    },
    run: (args, call) => tool.run(checkArguments(tool, args), call),
    // The server hands back what `run` returned, with strings redacted: the same shape.
    render: (output) => tool.render(output as z.output<Output>),
  };
}

function checkArguments<Input extends z.ZodObject>(
  tool: { readonly name: string; readonly input: Input },
  args: unknown,
): z.output<Input> {
  const parsed = tool.input.safeParse(args ?? {});
  if (parsed.success) return parsed.data;
  // zod's messages name types and keys, never what was given.
  const first = parsed.error.issues[0];
  const where = first === undefined || first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  throw new VaultError(
    "argument-invalid",
    `${where}${first?.message ?? "These arguments don't fit"}. See the input schema of ${tool.name}.`,
  );
}

function argumentNames(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, entry]) => [
    ...(key === "properties" ? Object.keys(entry as object) : []), // "properties" of a JSON Schema is an object
    ...argumentNames(entry),
  ]);
}
