import * as z from "zod";
import { describeCommand } from "#core/run/command.ts";
import { decodeOutput, runWithSecrets } from "#core/run/run-with-secrets.ts";
import { VaultError } from "#core/vault-error.ts";
import { alarmFields, alarmOutput, renderAlarm } from "#mcp/alarm-result.ts";
import { askedBy, callContext, contextArguments, reasonArgument } from "#mcp/call-context.ts";
import { leakedFields, leakedOutput, renderLeaked, tellLeaked } from "#mcp/leaked-files-result.ts";
import { placeholderFields, placeholderOutput, renderPlaceholders } from "#mcp/placeholder-result.ts";
import { runFolder } from "#mcp/run-folder.ts";
import { defineTool } from "#mcp/tool.ts";
import { unlockedVault } from "#mcp/tool-call.ts";

/** A string for the shell, or a program with its arguments. */
export const commandArgument = z
  .union([z.string().min(1), z.array(z.string()).min(1)])
  .describe(
    'A string is run by the shell ("curl -H \\"Authorization: Bearer $TOKEN\\" …"); an array is a program and its arguments, without a shell.',
  );

export const vaultRun = defineTool({
  name: "vault_run",
  title: "Command with secrets",
  description:
    "Runs one command with secrets in its environment variables and returns the output with their values redacted. Use it for every command that needs a credential; refer to secrets by name ($NAME in a shell string). A person may have to approve the first time.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: z.strictObject({
    command: commandArgument,
    ...contextArguments,
    secrets: z
      .array(z.string().max(128))
      .min(1)
      .max(1000)
      .optional()
      .describe(
        "Names to inject. Default: those that .ov.yaml lists, else all of the environment. Name as few as you need.",
      ),
    cwd: z.string().min(1).max(4096).optional().describe("The folder to run in. Default: the project's."),
    stdin: z.string().optional().describe("Text for the command's standard input."),
    timeout_seconds: z.number().positive().max(86_400).default(300),
    ...reasonArgument,
  }),
  output: z.object({
    exit_code: z.number().nullable().describe("null when a signal ended the command"),
    stdout: z.string(),
    stderr: z.string(),
    secrets_injected: z.array(z.string()),
    timed_out: z.boolean(),
    truncated: z.boolean(),
    redactions: z.record(z.string(), z.number()).describe("How often each secret was redacted"),
    duration_ms: z.number(),
    ...alarmFields,
    ...leakedFields,
    ...placeholderFields,
  }),
  async run(args, call) {
    const access = await unlockedVault(call);
    const cwd = await runFolder(call, args.cwd);
    const resolved = await callContext(call, args, cwd, args.command);
    const result = await runWithSecrets(
      { access, parentEnv: call.place.environment, matchers: call.deps.matchers },
      {
        ...askedBy(call, resolved, cwd, args.reason),
        command: args.command,
        allowedRoots: await call.roots(),
        timeoutSeconds: args.timeout_seconds,
        maxOutput: MAX_OUTPUT,
        ...(resolved.names === undefined ? {} : { names: resolved.names }),
        ...(args.stdin === undefined ? {} : { stdin: Buffer.from(args.stdin, "utf8") }),
      },
      call.ask,
      call.signal,
    );
    tellLeaked(call.deps, resolved.context, cwd, result.leaked);
    if (result.cancelled) {
      throw new VaultError(
        "cancelled",
        `The command was ended, because the call was cancelled: ${describeCommand(args.command)}. Run it again if it is still wanted.`,
      );
    }
    return {
      exit_code: result.exitCode ?? null,
      stdout: decodeOutput(result.stdout),
      stderr: decodeOutput(result.stderr),
      secrets_injected: [...result.injected],
      timed_out: result.timedOut,
      truncated: result.truncated,
      redactions: { ...result.redactions },
      duration_ms: result.durationMs,
      ...alarmOutput(result.alarm),
      ...leakedOutput(result.leaked),
      ...placeholderOutput(result.placeholders),
    };
  },
  render(output) {
    const redacted = Object.entries(output.redactions).map(([name, count]) => `${name} ×${count}`);
    const how = output.timed_out
      ? "ended after its time limit"
      : `exit code ${output.exit_code ?? "none (ended by a signal)"}`;
    return [
      `${how}, ${output.duration_ms} ms; injected: ${output.secrets_injected.join(", ") || "nothing"}; redacted: ${redacted.join(", ") || "nothing"}${output.truncated ? "; output cut" : ""}`,
      ...renderAlarm(output),
      ...renderLeaked(output),
      ...renderPlaceholders(output),
      ...(output.stdout === "" ? [] : ["stdout:", output.stdout]),
      ...(output.stderr === "" ? [] : ["stderr:", output.stderr]),
    ].join("\n");
  },
});

/** Bytes kept of each stream: what a model can read, beginning and end. */
const MAX_OUTPUT = 65_536;
