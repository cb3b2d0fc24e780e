import { constants } from "node:os";
import { VaultError } from "../vault-error.ts";
import { type Command, toArgv } from "./command.ts";
import { findProgram } from "./find-program.ts";
import type { HeldLease } from "./held-lease.ts";
import { killTree } from "./kill-tree.ts";
import { openPty as openHere } from "./pty.ts";
import type { ChildResult } from "./run-child.ts";
import type { TerminalStreams } from "./run-in-terminal.ts";
import { RUN_VARIABLE } from "./run-marker.ts";
import { spawnError } from "./spawn-error.ts";
import { TerminalView } from "./terminal-view.ts";

/** Runs a command on a PTY of the size of the person's terminal, which is in raw mode as long. */
export async function runOnPty(
  command: Command,
  lease: HeldLease,
  { stdin, stdout, openPty = openHere }: TerminalStreams,
  signal?: AbortSignal,
): Promise<Omit<ChildResult, "stdout" | "stderr">> {
  if (signal?.aborted) throw new VaultError("cancelled", "The run was cancelled before it began. Run it again.");
  const { file, args } = toArgv(command, lease.env.COMSPEC);
  // node-pty reports a missing program as output of the child.
  const program = process.platform === "win32" ? file : findProgram(file, lease.env.PATH, lease.cwd);
  if (program === undefined) throw spawnError(Object.assign(new Error(), { code: "ENOENT" }), command);

  const startedAt = performance.now();
  let reason: "cancelled" | "failed" | undefined;
  let ending: Promise<void> | undefined;
  const end = (why: "cancelled" | "failed"): void => {
    reason ??= why;
    ending ??= killTree({ leader: pty.pid, marker: lease.marker.id, startedAt });
  };
  const view = new TerminalView(lease.matcher, (bytes) => {
    if (!stdout.write(bytes)) pty.pause();
  });
  const orEnd = (step: () => void): void => {
    if (reason === "failed") return;
    try {
      step();
    } catch {
      end("failed");
    }
  };
  const pty = await openPty({
    ...{ file: program, args, cwd: lease.cwd, cols: stdout.columns ?? 80, rows: stdout.rows ?? 24 },
    env: { ...lease.env, [RUN_VARIABLE]: lease.marker.variable },
    onData: (bytes) => orEnd(() => view.receive(bytes)),
  });

  const onKeys = (keys: Uint8Array): void => {
    view.typed(keys);
    pty.write(keys);
  };
  // One listener: what is on its way when the PTY pauses finds the stream full too.
  const onDrain = (): void => pty.resume();
  const onResize = (): void => pty.resize(stdout.columns ?? 80, stdout.rows ?? 24);
  const onAbort = (): void => end("cancelled");
  const wasRaw = stdin.isRaw ?? false;
  stdin.setRawMode?.(true);
  stdin.on("data", onKeys);
  stdin.on("end", onAbort);
  stdout.on("drain", onDrain);
  stdout.on("resize", onResize);
  stdout.on("error", onAbort); // the terminal was closed
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort(); // while the terminal was opened
  try {
    const exit = await pty.exit;
    await (ending ?? killTree({ leader: pty.pid, marker: lease.marker.id, startedAt }));
    orEnd(() => view.end());
    if (reason === "failed") {
      throw new VaultError(
        "run-failed",
        "The command was ended, because its output could not be passed on safely. Run it again; if that fails too, report it.",
      );
    }
    const name = Object.entries(constants.signals).find(([, number]) => number === exit.signal)?.[0];
    return {
      exitCode: exit.exitCode,
      ...(name === undefined ? {} : { signal: name as NodeJS.Signals }), // a key of constants.signals
      redactions: Object.fromEntries(view.counts),
      split: [],
      timedOut: false,
      cancelled: reason === "cancelled",
      outputLimit: false,
      truncated: false,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stdout.off("error", onAbort);
    stdout.off("resize", onResize);
    stdout.off("drain", onDrain);
    stdin.off("end", onAbort);
    stdin.off("data", onKeys);
    stdin.setRawMode?.(wasRaw);
    stdin.pause();
  }
}
