import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type SandboxAnswer, type SandboxRequest, temporaryFolder } from "./sandbox-request.ts";

export interface SandboxProcess {
  readonly answer: SandboxAnswer;
  close(): Promise<void>;
}

/**
 * Starts the process that holds one run's sandbox. The library keeps one configuration per process, reads the
 * environment and the working folder of it and listens to its signals, so two runs in one process would get each
 * other's hosts; and nothing of the library is in the process that holds the vault's keys.
 */
export async function startSandboxProcess(request: SandboxRequest, path: string): Promise<SandboxProcess> {
  const host = spawn(process.execPath, [fileURLToPath(sandboxHostUrl(import.meta.url))], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    cwd: request.folder,
    env: hostEnvironment(request.folder, path),
    windowsHide: true,
    // Not stopped by a Ctrl-C that is meant for the run: the run ends first.
    detached: process.platform !== "win32",
  });
  const hasEnded = new Promise<void>((resolve) => {
    host.once("exit", () => resolve());
    host.once("error", () => resolve());
  });
  const close = async (): Promise<void> => {
    if (host.connected) host.disconnect();
    const timer = setTimeout(() => host.kill("SIGKILL"), CLOSE_MS);
    await hasEnded;
    clearTimeout(timer);
  };
  host.send(request, () => undefined);
  const answer = await new Promise<SandboxAnswer>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: "refused", reason: "it did not start within a minute" }), START_MS);
    const settle = (answer: SandboxAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    // The only sender is sandbox-host.ts.
    host.once("message", (message) => settle(message as SandboxAnswer));
    void hasEnded.then(() => settle({ kind: "refused", reason: "the process that holds it ended" }));
  });
  return { answer, close };
}

const START_MS = 60_000;
const CLOSE_MS = 5_000;

/** Beside this file in the sources; in a bundle beside the entry, which is one folder above a shared chunk. */
export function sandboxHostUrl(self: string): URL {
  if (self.endsWith(".ts")) return new URL("./sandbox-host.ts", self);
  const beside = new URL("./sandbox-host.js", self);
  return existsSync(beside) ? beside : new URL("../sandbox-host.js", self);
}

/** Its home is the run's own folder: the library makes some folders of the real home writable. */
function hostEnvironment(folder: string, path: string): Record<string, string> {
  return {
    PATH: path,
    HOME: folder,
    TMPDIR: folder,
    CLAUDE_CODE_TMPDIR: temporaryFolder(folder),
    // Inside VS Code the program is Electron, which is Node only if it is told so.
    ...(process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" }),
  };
}
