import type { SecretName } from "../vault/context.ts";
import { VaultError } from "../vault-error.ts";
import { type Command, describeCommand, requireCommand } from "./command.ts";
import { holdLease, outcomeOfError, type RunDeps } from "./held-lease.ts";
import { findLeakedFiles, type LeakScan } from "./leaked-files.ts";
import type { PlaceholderReport } from "./placeholder/held-secret.ts";
import { type ChildResult, type Progress, runChild } from "./run-child.ts";
import { type ConfinedCommand, confine } from "./sandbox/confine.ts";
import { requireSandboxPrograms } from "./sandbox/open-sandbox.ts";
import type { Ask, Confinement, LeaseRequest, RunAlarm, RunOutcome } from "./vault-access.ts";

export interface RunRequest extends Omit<LeaseRequest, "action" | "command" | "runs" | "canConfine" | "canStandIn"> {
  readonly command: Command;
  /** Absolute folders; `cwd` must lie in one of them. Left out: anywhere. */
  readonly allowedRoots?: readonly string[];
  readonly stdin?: Uint8Array;
  /** 300 by default, at most 86,400. */
  readonly timeoutSeconds?: number;
  /** Redacted bytes kept of each stream; 1 MiB by default. */
  readonly maxOutput?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Cuts the child off from the machine, and from all hosts but these. Refused where that can't be done. */
  readonly sandbox?: Confinement;
}

export interface RunResult extends ChildResult {
  readonly injected: readonly SecretName[];
  /** Names of secrets too short or too common for redaction to hide everywhere. */
  readonly weak: readonly string[];
  /** Files below the working folder in which the run left values. */
  readonly leaked: LeakScan;
  /** Left out: nothing that a person should know of. */
  readonly alarm?: RunAlarm;
  /** What became of the placeholders; left out where there were none. */
  readonly placeholders?: PlaceholderReport;
}

/**
 * One command with secrets in its environment, and its redacted output. In the order that matters: check, approve,
 * decrypt, run, redact, limit, audit. An error means that the run did not take place, or that its output is withheld.
 */
export async function runWithSecrets(
  deps: RunDeps,
  request: RunRequest,
  ask?: Ask,
  signal?: AbortSignal,
): Promise<RunResult> {
  const { command, stdin, timeoutSeconds = 300, maxOutput, onProgress, sandbox: confined, ...rest } = request;
  requireCommand(command);
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 86_400)) {
    throw new VaultError("argument-invalid", "The time limit must be more than 0 and at most 86,400 seconds.");
  }
  // Before anybody is asked, and before a value is decrypted.
  if (confined !== undefined) requireSandboxPrograms(deps.parentEnv.PATH);
  const lease = await holdLease(
    deps,
    {
      ...{ ...rest, action: "run", command: describeCommand(command, stdin), runs: command, canConfine: true },
      ...(confined === undefined ? {} : { confinement: confined }),
    },
    ask,
    signal,
  );
  let outcome: RunOutcome | undefined;
  let started: ConfinedCommand | undefined;
  try {
    const { cwd, marker, standIns } = lease;
    const beganAt = Date.now();
    started = await confine(command, lease);
    const { env, matcher } = started;
    const result = await runChild(
      {
        ...{ command: started.command, cwd, env, marker, matcher, timeoutMs: timeoutSeconds * 1000 },
        ...(stdin === undefined ? {} : { stdin }),
        ...(maxOutput === undefined ? {} : { maxOutput }),
        ...(onProgress === undefined ? {} : { onProgress }),
      },
      signal,
    );
    outcome = outcomeOf(result);
    const leaked = await findLeakedFiles(cwd, beganAt, lease.fileMatcher);
    outcome = withLeaks(outcome, leaked);
    const placeholders = standIns.report();
    const alarm = lease.alarm(result.split);
    if (alarm !== undefined) outcome = { ...outcome, alarm };
    return {
      ...{ ...result, injected: lease.names, weak: matcher.weak, leaked },
      ...(alarm === undefined ? {} : { alarm }),
      ...(placeholders === undefined ? {} : { placeholders }),
    };
  } catch (error) {
    outcome ??= outcomeOfError(error);
    throw error;
  } finally {
    await started?.close();
    if (outcome !== undefined) await lease.end(outcome);
  }
}

/** Text for people and models. Bytes that are no UTF-8 become U+FFFD, so what was redacted stays so. */
export function decodeOutput(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

export function withLeaks(outcome: RunOutcome, { files }: LeakScan): RunOutcome {
  if (files.length === 0) return outcome;
  const leakedNames = [...new Set(files.flatMap(({ names }) => names))];
  return { ...outcome, leakedFiles: files.length, leakedNames };
}

export function outcomeOf(
  result: Pick<ChildResult, "exitCode" | "timedOut" | "cancelled" | "outputLimit" | "redactions">,
): RunOutcome {
  const redactions = Object.values(result.redactions).reduce((sum, count) => sum + count, 0);
  const outcome = result.timedOut
    ? "timed-out"
    : result.cancelled
      ? "cancelled"
      : result.outputLimit
        ? "failed"
        : "ended";
  return { exitCode: result.exitCode, outcome, redactions };
}
