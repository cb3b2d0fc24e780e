import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type Command, toArgv } from "./command.ts";
import { RUN_VARIABLE, type RunMarker } from "./run-marker.ts";
import { spawnError } from "./spawn-error.ts";

export type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

export interface StartOptions {
  readonly command: Command;
  /** A folder that exists. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly marker: RunMarker;
  /** Bytes, or a stream that is passed on. Left out: the child reads nothing. */
  readonly stdin?: Uint8Array | Readable;
}

/** Starts a child with pipes, in a group of its own. Refuses when it could not be started. */
export async function startChild({ command, cwd, env, marker, stdin }: StartOptions): Promise<Child> {
  const { file, args, verbatim } = toArgv(command, env.COMSPEC);
  try {
    const child = spawn(file, args, {
      cwd,
      env: { ...env, [RUN_VARIABLE]: marker.variable },
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      // A group of its own, so that a signal reaches what it starts. On Windows this would open a console window.
      detached: process.platform !== "win32",
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    }) as Child; // spawn's type for a stdio that is chosen at run time knows no narrower one
    if (child.pid !== undefined) {
      // A signal that can't be delivered is no reason to crash.
      child.on("error", () => undefined);
      return child;
    }
    throw await new Promise<Error>((resolve) => child.once("error", resolve));
  } catch (error) {
    throw spawnError(error, command);
  }
}

/** Resolves when the first process has ended; its pipes may still be open. */
export function exited(child: Child): Promise<{ exitCode: number | undefined; signal?: NodeJS.Signals }> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) =>
      resolve({ exitCode: code ?? undefined, ...(signal === null ? {} : { signal }) }),
    );
  });
}

/** Gives a child its input. It may close its input at any time; that is its business. */
export function feed(input: Writable | null, stdin: Uint8Array | Readable | undefined): { stop(): void } | undefined {
  if (input === null || stdin === undefined) return undefined;
  input.on("error", () => undefined);
  if (stdin instanceof Uint8Array) {
    input.end(stdin);
    return undefined;
  }
  stdin.pipe(input);
  return {
    stop: () => {
      stdin.unpipe(input);
      stdin.pause();
      input.destroy();
    },
  };
}

/** Sends a signal to a child and what is in its group. */
export function sendToGroup(leader: number, name: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? leader : -leader, name);
  } catch {
    // it has ended
  }
}
