import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VaultError } from "../vault-error.ts";
import type { Pty, PtyExit, PtyOptions } from "./pty.ts";
import { encodeFrame, type FrameKind, frameReader } from "./pty-frames.ts";

/**
 * Opens a PTY in a small process of its own. In this process, on Linux, its master side would be inherited by every
 * child that starts later — another run, another extension's agent — and they could read what is not redacted yet.
 * The environment goes to the host over a pipe, so no value appears in its own environment or arguments.
 */
export async function openHostedPty({ onData, ...options }: PtyOptions): Promise<Pty> {
  const host = spawn(process.execPath, [fileURLToPath(ptyHostUrl(import.meta.url))], {
    stdio: ["pipe", "pipe", "ignore"],
    env: hostEnvironment(options.env),
    windowsHide: true,
    // Not stopped by a Ctrl-C that is meant for the process that serves.
    detached: process.platform !== "win32",
  });
  host.on("error", () => undefined);
  host.stdin.on("error", () => undefined);
  const send = (kind: FrameKind, payload?: Uint8Array | object): void => {
    if (host.stdin.writable) host.stdin.write(encodeFrame(kind, payload));
  };

  let isOpened: (pid: number | undefined) => void;
  let hasEnded: (exit: PtyExit) => void;
  const opened = new Promise<number | undefined>((resolve) => (isOpened = resolve));
  const exit = new Promise<PtyExit>((resolve) => (hasEnded = resolve));
  host.stdout.on(
    "data",
    frameReader((kind, payload) => {
      if (kind === "data") onData(payload);
      else if (kind === "opened") isOpened(JSON.parse(payload.toString()).pid);
      else if (kind === "exit") hasEnded(JSON.parse(payload.toString()));
    }),
  );
  // Without an exit frame the host was killed; the shell is hung up by the kernel then.
  host.on("close", () => {
    isOpened(undefined);
    hasEnded({ exitCode: undefined });
  });

  send("open", options);
  const pid = await opened;
  if (pid === undefined) {
    throw new VaultError(
      "shell-not-found",
      'No terminal could be opened. Check that the shell exists, or run "ov doctor".',
    );
  }
  return {
    pid,
    exit,
    write: (bytes) => send("data", bytes),
    resize: (cols, rows) => send("resize", { cols, rows }),
    pause: () => send("pause"),
    resume: () => send("resume"),
    destroy: () => host.kill("SIGKILL"),
  };
}

/** Beside this file in the sources; in a bundle beside the entry, which is one folder above a shared chunk. */
export function ptyHostUrl(self: string): URL {
  if (self.endsWith(".ts")) return new URL("./pty-host.ts", self);
  const beside = new URL("./pty-host.js", self);
  return existsSync(beside) ? beside : new URL("../pty-host.js", self);
}

function hostEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const { SYSTEMROOT, SystemRoot } = env;
  return {
    // Inside VS Code the program is Electron, which is Node only if it is told so.
    ...(process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" }),
    ...(SYSTEMROOT === undefined && SystemRoot === undefined ? {} : { SYSTEMROOT: SYSTEMROOT ?? SystemRoot! }),
  };
}
