import * as z from "zod";
import { compileMatcher } from "#core/redact/matcher.ts";
import { childEnvironment } from "#core/run/child-env.ts";
import { describeCommand, requireCommand } from "#core/run/command.ts";
import { runChild } from "#core/run/run-child.ts";
import { newRunMarker } from "#core/run/run-marker.ts";
import { visible } from "#core/run/visible-text.ts";
import { type Context, formatContext, type SecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { ALPHABETS, GENERATED_FORMATS, generateValue } from "#mcp/generate-value.ts";
import { importedValue } from "#mcp/imported-value.ts";
import { readablePath } from "#mcp/run-folder.ts";
import type { ToolCall } from "#mcp/tool-call.ts";
import { commandArgument } from "#mcp/tools/vault-run.ts";

/** Where a new value comes from. One flat object: several clients can't show a model a choice of objects. */
export const sourceArgument = z
  .strictObject({
    kind: z
      .enum(["ask", "generate", "file", "command"])
      .describe(
        "ask: a person types it. generate: random. file: from a file of the project. command: a command's output.",
      ),
    format: z.enum(GENERATED_FORMATS).optional().describe("generate: what to make. Default: text"),
    length: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("generate: characters of a text, random bytes, or bits of rsa"),
    alphabet: z
      .enum(Object.keys(ALPHABETS) as [keyof typeof ALPHABETS])
      .optional()
      .describe("generate: for a text"), // keys of a literal
    path: z.string().min(1).max(4096).optional().describe("file: its path"),
    key: z.string().min(1).max(128).optional().describe("file: one key of a .env file. Default: the whole file"),
    command: commandArgument.optional(),
  })
  .describe("Where the value comes from. There is no way to pass the value itself.");

export type Source = z.output<typeof sourceArgument>;

/** A source whose options fit together, what a person reads about it, and how to get the value once they approved. */
export interface PreparedSource {
  /** One exact line; undefined when the person types the value, which is their approval. */
  readonly description: string | undefined;
  value(): Promise<Uint8Array>;
}

export interface SecretTarget {
  readonly mode: "create" | "update";
  readonly context: Context;
  readonly name: SecretName;
}

export async function prepareSource(
  source: Source,
  target: SecretTarget,
  call: ToolCall,
  cwd: string,
): Promise<PreparedSource> {
  refuseOtherOptions(source);
  switch (source.kind) {
    case "ask":
      return { description: undefined, value: () => askPerson(target, call) };
    case "generate":
      return { description: `generate ${source.format ?? "text"}`, value: () => generateValue(source) };
    case "file": {
      if (source.path === undefined) throw new VaultError("argument-invalid", 'source: a "file" needs path. Add it.');
      return fileSource(source.path, source.key, call);
    }
    case "command": {
      const { command } = source;
      if (command === undefined) throw new VaultError("argument-invalid", 'source: a "command" needs command. Add it.');
      requireCommand(command);
      return {
        description: `store the output of: ${describeCommand(command)}`,
        value: () => captured(command, call, cwd),
      };
    }
  }
}

const OPTIONS = {
  ask: [],
  generate: ["format", "length", "alphabet"],
  file: ["path", "key"],
  command: ["command"],
} as const satisfies Record<Source["kind"], readonly string[]>;

function refuseOtherOptions(source: Source): void {
  const allowed: readonly string[] = ["kind", ...OPTIONS[source.kind]];
  const other = Object.keys(source).find((key) => !allowed.includes(key));
  if (other === undefined) return;
  throw new VaultError("argument-invalid", `source: ${other} doesn't go with "${source.kind}". Leave it out.`);
}

async function fileSource(wanted: string, key: string | undefined, call: ToolCall): Promise<PreparedSource> {
  const path = await readablePath(call, wanted);
  const what = key === undefined ? "the whole file" : `the key ${visible(key)} of`;
  return {
    description: `import ${what} ${visible(path)}`,
    async value() {
      // A person takes minutes, and a folder on the way may be another one by then.
      if ((await readablePath(call, wanted)) === path) return importedValue(path, key);
      throw new VaultError("file-not-found", `${JSON.stringify(path)} was replaced during the approval. Call again.`);
    },
  };
}

async function askPerson({ mode, context, name }: SecretTarget, call: ToolCall): Promise<Uint8Array> {
  const value = await call.askSecret?.({ context, name, client: call.client }, call.signal);
  if (value !== undefined) return value;
  throw new VaultError(
    "person-required",
    `Only a person can type this value. Have them run "ov secret ${mode} ${formatContext(context)}/${name}" in a terminal of their own.`,
  );
}

/** The command gets no secrets, so nothing is redacted of what it prints; its output goes into the vault only. */
async function captured(command: string | readonly string[], call: ToolCall, cwd: string): Promise<Uint8Array> {
  const parent = call.place.environment;
  const result = await runChild(
    {
      command,
      cwd,
      env: childEnvironment(parent, []),
      marker: newRunMarker(parent.OV_RUN),
      matcher: compileMatcher([]),
      timeoutMs: 300_000,
      maxOutput: 4 * MAX_VALUE,
    },
    call.signal,
  );
  if (result.cancelled) throw new VaultError("cancelled", "The call was cancelled. Call again if it is still wanted.");
  if (result.exitCode !== 0 || result.timedOut || result.truncated) {
    result.stdout.fill(0);
    const how = result.timedOut ? "took longer than 300 seconds" : `ended with exit code ${result.exitCode ?? "none"}`;
    throw new VaultError(
      "run-failed",
      `The command ${how}, so nothing was stored; its output is not shown. Test it with vault_run.`,
    );
  }
  // As $(…) of a shell: line ends at the end are not part of the value.
  let end = result.stdout.length;
  while (end > 0 && (result.stdout[end - 1] === 0x0a || result.stdout[end - 1] === 0x0d)) end--;
  if (end > 0 && end <= MAX_VALUE) return result.stdout.subarray(0, end);
  result.stdout.fill(0);
  throw new VaultError(
    "value-invalid",
    `The command printed nothing, or more than ${MAX_VALUE} bytes, so nothing was stored. Change it.`,
  );
}

const MAX_VALUE = 65_536;
