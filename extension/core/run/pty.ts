import type { IPty } from "@lydell/node-pty";
import { VaultError } from "../vault-error.ts";

export interface PtyOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; the PTY adds only PWD. */
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  readonly onData: (bytes: Uint8Array) => void;
}

export interface PtyExit {
  /** undefined when a signal ended it, or the PTY was lost. */
  readonly exitCode: number | undefined;
  /** The signal's number. */
  readonly signal?: number;
}

/** A child on a terminal of its own. It leads a session and a group, so its pid is the group's. */
export interface Pty {
  readonly pid: number;
  /** Resolves after the last byte of output. Never rejects. */
  readonly exit: Promise<PtyExit>;
  write(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** Slows the child down until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes the terminal, and hangs up what still runs in it. */
  destroy(): void;
}

/**
 * Opens a PTY in this process. On Linux every child that this process starts later inherits the terminal's master
 * side (node-pty does not mark it close-on-exec) and could read raw output from it: so only a process that starts
 * nothing else may call this. All others take `openHostedPty`.
 */
export async function openPty({ file, args, cwd, env, cols, rows, onData }: PtyOptions): Promise<Pty> {
  const { spawn } = await loadNodePty();
  const options = { name: env.TERM ?? "xterm-256color", cols, rows, cwd, env: { ...env }, encoding: null };
  const pty = spawn(file, [...args], options);
  // With encoding null the data are bytes, which node-pty's types don't know, in both directions.
  pty.onData((data) => onData(data as unknown as Uint8Array));
  const exit = new Promise<PtyExit>((resolve) => {
    pty.onExit(({ exitCode, signal }) => resolve(signal ? { exitCode: undefined, signal } : { exitCode }));
  });
  return {
    pid: pty.pid,
    exit,
    write: (bytes) => pty.write(Buffer.from(bytes) as unknown as string),
    resize: (newCols, newRows) => {
      if (newCols > 0 && newRows > 0) pty.resize(newCols, newRows);
    },
    ...pausing(pty),
    destroy: () => pty.kill(),
  };
}

/**
 * node-pty closes the terminal 200 ms after its first process has ended, and what a paused one has not read by then is
 * lost. So none stays paused without a process; what is left to read is no more than the kernel's buffer.
 */
function pausing(pty: Pick<IPty, "pid" | "pause" | "resume">): Pick<Pty, "pause" | "resume"> {
  let watch: NodeJS.Timeout | undefined;
  const resume = (): void => {
    clearInterval(watch);
    watch = undefined;
    pty.resume();
  };
  const pause = (): void => {
    if (watch !== undefined || !isAlive(pty.pid)) return;
    pty.pause();
    watch = setInterval(() => (isAlive(pty.pid) ? undefined : resume()), 20);
  };
  return { pause, resume };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Loaded late: most runs need no terminal, and it is native code. */
async function loadNodePty(): Promise<typeof import("@lydell/node-pty")> {
  try {
    return await import("@lydell/node-pty");
  } catch (cause) {
    throw new VaultError(
      "shell-not-found",
      "This installation has no terminal support for this system. Use single commands instead of a shell.",
      { cause },
    );
  }
}
