import * as z from "zod";
import type { TypeResult } from "#core/run/shell.ts";
import type { ShellEnd } from "#core/run/shell-session.ts";
import { VaultError } from "#core/vault-error.ts";
import { alarmFields, alarmOutput, renderAlarm } from "#mcp/alarm-result.ts";
import { askedBy, callContext, contextArguments, reasonArgument } from "#mcp/call-context.ts";
import { leakedFields, leakedOutput, renderLeaked, tellLeaked } from "#mcp/leaked-files-result.ts";
import { placeholderFields, placeholderOutput, renderPlaceholders } from "#mcp/placeholder-result.ts";
import { runFolder } from "#mcp/run-folder.ts";
import { defineTool } from "#mcp/tool.ts";
import { type ToolCall, unlockedVault } from "#mcp/tool-call.ts";

const input = z.strictObject({
  ...contextArguments,
  secrets: z
    .array(z.string().max(128))
    .min(1)
    .max(1000)
    .optional()
    .describe("To open: names to inject, as in vault_run."),
  cwd: z.string().min(1).max(4096).optional().describe("To open: the folder to start in."),
  shell: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe("To open: the shell's name or path. Default: the person's own."),
  session_id: z.string().min(1).max(64).optional().describe("An open shell. Left out: a new one is opened."),
  input: z.string().max(100_000).optional().describe("What to type; Enter is pressed after it."),
  wait_for: z
    .string()
    .max(500)
    .optional()
    .describe('Text in the output that ends the wait; "*" stands for anything. Default: the prompt is back.'),
  timeout_seconds: z
    .number()
    .positive()
    .max(600)
    .default(30)
    .describe("How long to wait. The shell goes on after that."),
  close: z.boolean().optional().describe("Ends the shell."),
  ...reasonArgument,
});

const output = z.object({
  session_id: z.string(),
  state: z
    .enum(["prompt", "continuation", "matched", "timed-out", "quiet", "ended"])
    .describe(
      "prompt: ready. continuation: wants another line. timed-out or quiet: still running. ended: the shell is gone",
    ),
  output: z.string(),
  exit_code: z.number().nullable(),
  secrets_injected: z.array(z.string()).optional(),
  untyped_lines: z.number().describe("Lines of input that were not typed, because an earlier one still runs"),
  truncated: z.boolean(),
  redactions: z.record(z.string(), z.number()),
  ...alarmFields,
  ...leakedFields,
  ...placeholderFields,
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

export const vaultInjectEnv = defineTool({
  name: "vault_inject_env",
  title: "Shell with secrets",
  description:
    "Opens an interactive shell with secrets in its environment, types into it and returns its redacted output. For programs that ask questions or keep running; use vault_run for single commands. Close it when done.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input,
  output,
  opaque: ["session_id"],
  async run(args, call) {
    if (args.session_id === undefined) return openShell(args, call);
    refuseOpening(args);
    return args.close === true ? closeShell(args.session_id, call) : typeInto(args.session_id, args, call);
  },
  render(result) {
    const exit = result.exit_code === null ? "" : `, exit code ${result.exit_code}`;
    const untyped = result.untyped_lines === 0 ? "" : `, ${result.untyped_lines} lines not typed`;
    const cut = result.truncated ? ", output cut" : "";
    return `session ${result.session_id}: ${result.state}${exit}${untyped}${cut}${[
      ...renderAlarm(result),
      ...renderLeaked(result),
      ...renderPlaceholders(result),
    ]
      .map((line) => `\n${line}`)
      .join("")}\n${result.output}`;
  },
});

async function openShell(args: Input, call: ToolCall): Promise<Output> {
  const access = await unlockedVault(call);
  const cwd = await runFolder(call, args.cwd);
  // A shell is a command like any other to a project file that lists commands.
  const resolved = await callContext(call, args, cwd, args.shell ?? "");
  const watch = call.deps.watchShell?.(call.client);
  const info = await call.deps.shells.open(
    { access, parentEnv: call.place.environment, matchers: call.deps.matchers },
    {
      ...askedBy(call, resolved, cwd, args.reason),
      allowedRoots: await call.roots(),
      ...(resolved.names === undefined ? {} : { names: resolved.names }),
      ...(args.shell === undefined ? {} : { shell: args.shell }),
      ...(watch === undefined ? {} : { onData: watch.onData }),
      onEnd: (exitCode, { leaked }) => {
        tellLeaked(call.deps, resolved.context, cwd, leaked);
        watch?.onEnd(exitCode);
      },
    },
    call.ask,
    call.signal,
  );
  watch?.onOpen(info);
  return { ...(await typeInto(info.id, args, call)), secrets_injected: [...info.injected] };
}

async function typeInto(id: string, args: Input, call: ToolCall): Promise<Output> {
  const options = {
    timeoutMs: args.timeout_seconds * 1000,
    ...(args.wait_for === undefined ? {} : { waitFor: args.wait_for }),
  };
  const output = asOutput(id, await call.deps.shells.type(id, args.input, options, call.signal));
  return output.state === "ended" ? { ...output, ...endOutput(await call.deps.shells.end(id)) } : output;
}

async function closeShell(id: string, call: ToolCall): Promise<Output> {
  // What it printed since the last call, without waiting for more.
  const last = asOutput(id, await call.deps.shells.type(id, undefined, { timeoutMs: 0 }, call.signal));
  return { ...last, state: "ended", ...endOutput(await call.deps.shells.close(id)) };
}

function endOutput({ leaked, alarm, placeholders }: ShellEnd): Partial<Output> {
  return { ...leakedOutput(leaked), ...alarmOutput(alarm), ...placeholderOutput(placeholders) };
}

function asOutput(id: string, result: TypeResult): Output {
  return {
    session_id: id,
    state: result.state,
    output: result.output,
    exit_code: result.exitCode ?? null,
    untyped_lines: result.untyped,
    truncated: result.truncated,
    redactions: { ...result.redactions },
  };
}

function refuseOpening(args: Input): void {
  const extra = (["app", "environment", "secrets", "cwd", "shell"] as const).find((key) => args[key] !== undefined);
  if (extra === undefined) return;
  throw new VaultError(
    "argument-invalid",
    `${extra} belongs to opening a shell, and session_id names an open one. Leave one of them out.`,
  );
}
