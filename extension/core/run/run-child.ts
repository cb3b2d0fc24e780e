import type { Matcher, Redactor } from "../redact/matcher.ts";
import { VaultError } from "../vault-error.ts";
import { drainPipes } from "./drain-pipes.ts";
import { JoinedScan } from "./joined-scan.ts";
import { KeptOutput } from "./kept-output.ts";
import { killTree } from "./kill-tree.ts";
import { type Pump, pump, type Sink } from "./redacted-stream.ts";
import { exited, feed, type StartOptions, sendToGroup, startChild } from "./start-child.ts";

export interface ChildOptions extends StartOptions {
  readonly matcher: Matcher;
  readonly timeoutMs?: number;
  /** Redacted bytes kept of each stream; 1 MiB by default. */
  readonly maxOutput?: number;
  /** Bytes read from both streams before the run is ended; 64 MiB by default, no limit with sinks. */
  readonly maxRead?: number;
  /** Milliseconds of computing that redaction may take before the run is ended; 10,000 by default, no limit with sinks. */
  readonly maxRedactMs?: number;
  /** Streams redacted output as it comes instead of keeping it. */
  readonly sinks?: { readonly stdout: Sink; readonly stderr: Sink };
  /** About once a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with a function that sends a signal to the child's group, such as Ctrl-C of a terminal. */
  readonly onStart?: (send: (signal: NodeJS.Signals) => void) => void;
}

export interface Progress {
  readonly bytes: number;
  readonly elapsedMs: number;
}

export interface ChildResult {
  /** undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal?: NodeJS.Signals;
  /** Redacted. Empty when sinks took the output. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly redactions: Readonly<Record<string, number>>;
  /** Secrets that stdout and stderr show together, each a part, so that both are withheld. */
  readonly split: readonly string[];
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** The child wrote more than can be read and redacted, so it was ended. */
  readonly outputLimit: boolean;
  /** Some output is missing: cut in the middle, or ended by `outputLimit`. */
  readonly truncated: boolean;
  readonly durationMs: number;
}

/**
 * Runs one child and everything that it starts; when this resolves, none of it lives. A child that fails is a result.
 * Refuses with `command-not-found`, or `run-failed` when it could not start or its output could not be redacted.
 */
export async function runChild(options: ChildOptions, signal?: AbortSignal): Promise<ChildResult> {
  if (signal?.aborted) throw new VaultError("cancelled", "The run was cancelled before it began. Run it again.");
  const startedAt = performance.now();
  const child = await startChild(options);
  const run = { leader: child.pid!, marker: options.marker.id, startedAt };

  let ending: Promise<void> | undefined;
  let reason: "timed-out" | "cancelled" | "output-limit" | "failed" | undefined;
  const end = (why: typeof reason): void => {
    reason ??= why;
    ending ??= killTree(run);
  };

  const kept = {
    stdout: new KeptOutput(options.maxOutput ?? MAX_OUTPUT),
    stderr: new KeptOutput(options.maxOutput ?? MAX_OUTPUT),
  };
  // What sinks pass on as it comes can't be taken back.
  const joined = options.sinks === undefined ? new JoinedScan(options.matcher) : undefined;
  const redactorOf = (side: "stdout" | "stderr"): Redactor => joined?.redactor(side) ?? options.matcher.redactor();
  const redactors = { stdout: redactorOf("stdout"), stderr: redactorOf("stderr") };
  const maxRead = options.maxRead ?? (options.sinks === undefined ? MAX_READ : Number.POSITIVE_INFINITY);
  const maxRedactMs = options.maxRedactMs ?? (options.sinks === undefined ? MAX_REDACT_MS : Number.POSITIVE_INFINITY);
  let bytes = 0;
  let redactMs = 0;
  const pumps: Pump[] = [];
  const onRead = (length: number, ms: number): void => {
    bytes += length;
    redactMs += ms;
    if (bytes <= maxRead && redactMs <= maxRedactMs) return;
    for (const each of pumps) each.cut();
    end("output-limit");
  };
  for (const name of ["stdout", "stderr"] as const) {
    const sink = options.sinks?.[name] ?? ((redacted: Uint8Array) => kept[name].push(redacted));
    pumps.push(pump(child[name], redactors[name], sink, onRead));
  }
  const drained = Promise.all(pumps.map((each) => each.done)).catch(() => end("failed"));

  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => end("timed-out"), options.timeoutMs);
  const ticker = setInterval(() => options.onProgress?.({ bytes, elapsedMs: performance.now() - startedAt }), 1_000);
  const onAbort = (): void => end("cancelled");
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort(); // while the child started
  try {
    options.onStart?.((name) => sendToGroup(run.leader, name));
    const feeding = feed(child.stdin, options.stdin);
    const exit = await exited(child);
    feeding?.stop();
    await drainPipes(drained, pumps, () => (ending ??= killTree(run)), [child.stdout, child.stderr]);
    await ending;
    if (reason === "failed") throw withheld();
    const together = namesIn(joined);
    const [stdout, stderr] = [kept.stdout.result(), kept.stderr.result()];
    return {
      ...exit,
      ...(together.size === 0
        ? { stdout: stdout.bytes, stderr: stderr.bytes }
        : { stdout: new Uint8Array(), stderr: Buffer.from(splitNote(together)) }),
      redactions: sum(
        redactors.stdout.counts,
        redactors.stderr.counts,
        new Map([...together].map((name) => [name, 1])),
      ),
      split: [...together],
      timedOut: reason === "timed-out",
      cancelled: reason === "cancelled",
      outputLimit: reason === "output-limit",
      truncated: stdout.truncated || stderr.truncated || reason === "output-limit" || together.size > 0,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    clearTimeout(timer);
    clearInterval(ticker);
    signal?.removeEventListener("abort", onAbort);
  }
}

function namesIn(joined: JoinedScan | undefined): ReadonlySet<string> {
  try {
    return joined?.end() ?? new Set();
  } catch {
    throw withheld();
  }
}

/** Hardly ever an accident: all of the output is withheld, since what is left could be put together again. */
function splitNote(names: ReadonlySet<string>): string {
  return `[All output was withheld: stdout and stderr together show ${[...names].join(", ")}.]\n`;
}

const MAX_OUTPUT = 1024 * 1024;
const MAX_READ = 64 * 1024 * 1024;
/** Output full of values and disguises is slow to redact, and the process that serves has other work. */
const MAX_REDACT_MS = 10_000;

function sum(...counts: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const total: Record<string, number> = Object.create(null);
  for (const map of counts) for (const [name, count] of map) total[name] = (total[name] ?? 0) + count;
  return { ...total };
}

/** Without the cause: an error from inside the redactor could name what it looked for. */
function withheld(): VaultError {
  return new VaultError(
    "run-failed",
    "The command ran, but its output could not be passed on safely, so all of it was withheld. Run it again with less output; if that fails too, report it.",
  );
}
