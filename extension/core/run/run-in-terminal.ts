import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { redactText } from "../redact/matcher.ts";
import { type Command, describeCommand, requireCommand } from "./command.ts";
import { type HeldLease, holdLease, outcomeOfError, type RunDeps } from "./held-lease.ts";
import { findLeakedFiles, type LeakScan } from "./leaked-files.ts";
import type { PlaceholderReport } from "./placeholder/held-secret.ts";
import type { Pty, PtyOptions } from "./pty.ts";
import { runChild } from "./run-child.ts";
import { runOnPty } from "./run-on-pty.ts";
import { outcomeOf, withLeaks } from "./run-with-secrets.ts";
import { type ConfinedCommand, confine } from "./sandbox/confine.ts";
import { UNREDACTED } from "./unredacted.ts";
import type { Ask, LeaseRequest, RunAlarm, RunOutcome } from "./vault-access.ts";

export interface TerminalRequest extends Omit<LeaseRequest, "command" | "runs" | "canConfine" | "canStandIn"> {
  readonly command: Command;
  /** Off only after the person has given the master password. */
  readonly redact: boolean;
  /** Called once the values are there, with the command as it may be shown: one that holds a value has it redacted. */
  readonly onApproved?: (shown: string) => void;
}

/** The streams of the process that was started in a terminal, and the signals that it gets. */
export interface TerminalStreams {
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    readonly isRaw?: boolean;
    setRawMode?(isRaw: boolean): unknown;
  };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Left out: `openPty`, in this process. One that starts other programs too gives `openHostedPty`. */
  readonly openPty?: (options: PtyOptions) => Promise<Pty>;
  /** Hands signals such as Ctrl-C on to the child; returns how to stop. */
  onSignal?(listener: (signal: NodeJS.Signals) => void): () => void;
}

export interface TerminalResult {
  /** As a shell reports it: 128 + the signal's number for a child that a signal ended. */
  readonly exitCode: number;
  readonly redactions: Readonly<Record<string, number>>;
  readonly weak: readonly string[];
  /** Files below the working folder in which the command left values. */
  readonly leaked: LeakScan;
  /** Left out: nothing that a person should know of. */
  readonly alarm?: RunAlarm;
  /** What became of the placeholders; left out where there were none. */
  readonly placeholders?: PlaceholderReport;
}

/**
 * A command for the person at a terminal: on a PTY of its own if all three streams are a terminal, so that editors and
 * prompts work; else with pipes, and both streams separate. What it prints is redacted as it passes.
 */
export async function runInTerminal(
  deps: RunDeps,
  request: TerminalRequest,
  streams: TerminalStreams,
  ask?: Ask,
  signal?: AbortSignal,
): Promise<TerminalResult> {
  const { command, redact, onApproved, ...rest } = request;
  requireCommand(command);
  const shown = { ...rest, command: describeCommand(command), runs: command, canConfine: true };
  const lease = await holdLease(deps, shown, ask, signal);
  let outcome: RunOutcome | undefined;
  let started: ConfinedCommand | undefined;
  try {
    onApproved?.(redactText(lease.matcher, shown.command));
    started = await confine(command, lease);
    const { cwd } = lease;
    const { matcher } = started;
    const beganAt = Date.now();
    const ready = { ...lease, env: started.env, matcher: redact ? matcher : UNREDACTED };
    const isTerminal = streams.stdin.isTTY && streams.stdout.isTTY && streams.stderr.isTTY;
    const result = await (isTerminal ? runOnPty : runOnPipes)(started.command, ready, streams, signal);
    outcome = outcomeOf(result);
    const leaked = await findLeakedFiles(cwd, beganAt, lease.fileMatcher);
    outcome = withLeaks(outcome, leaked);
    const placeholders = lease.standIns.report();
    const alarm = lease.alarm();
    return {
      ...{ exitCode: shellExitCode(result), redactions: result.redactions, weak: lease.matcher.weak, leaked },
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

async function runOnPipes(command: Command, lease: HeldLease, streams: TerminalStreams, signal?: AbortSignal) {
  const { cwd, env, marker, matcher } = lease;
  const sinks = { stdout: sinkTo(streams.stdout), stderr: sinkTo(streams.stderr) };
  let stop: (() => void) | undefined;
  try {
    return await runChild(
      {
        ...{ command, cwd, env, marker, matcher, stdin: streams.stdin, sinks },
        onStart: (send) => {
          stop = streams.onSignal?.(send);
        },
      },
      signal,
    );
  } finally {
    stop?.();
    sinks.stdout.close();
    sinks.stderr.close();
  }
}

/** Rejects when the other end is closed, and resolves late when it is slow. */
function sinkTo(stream: Writable): ((bytes: Uint8Array) => Promise<void>) & { close(): void } {
  const ignore = (): void => undefined;
  stream.on("error", ignore);
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  return Object.assign(write, { close: () => void stream.off("error", ignore) });
}

function shellExitCode({
  exitCode,
  signal,
}: {
  readonly exitCode: number | undefined;
  readonly signal?: NodeJS.Signals;
}): number {
  return exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal]);
}
