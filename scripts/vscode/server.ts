import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { VSCodeServer } from "./install.ts";

export interface ServerOptions {
  readonly server: VSCodeServer;
  /** Holds all that this VS Code writes, beside `temporary`. */
  readonly folder: string;
  /** For sockets, whose paths must be short. */
  readonly temporary: string;
  readonly vsix?: string;
  /** Folders of further extensions, each with a package.json. */
  readonly extensionFolders?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Without it, every folder counts as trusted. */
  readonly workspaceTrust: boolean;
  /** Lets a window's address name extensions and test suites to load. */
  readonly suites?: boolean;
  /** What a browser has to know. Without one, whoever reaches the port is let in: for tests. */
  readonly token?: string;
}

export interface RunningServer {
  readonly port: number;
  /** What it printed, for a failure's report. */
  output(): string;
  /** Ends it with its extension hosts and their children. */
  close(): Promise<void>;
}

/** Installs the extensions, starts VS Code's server on a free port of this machine, and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const extensions = join(options.folder, "extensions");
  const home = join(options.folder, "home");
  for (const folder of [extensions, home, options.temporary]) mkdirSync(folder, { recursive: true });
  for (const folder of options.extensionFolders ?? []) addExtension(folder, extensions);

  const args = ["--host", "127.0.0.1", "--port", "0", "--accept-server-license-terms"];
  args.push(...(options.token === undefined ? ["--without-connection-token"] : ["--connection-token", options.token]));
  args.push("--server-data-dir", join(options.folder, "data"));
  args.push("--extensions-dir", extensions);
  if (options.vsix !== undefined) args.push("--install-extension", options.vsix, "--start-server");
  if (options.suites === true) args.push("--enable-smoke-test-driver");
  if (!options.workspaceTrust) args.push("--disable-workspace-trust");
  const child = spawn(options.server.node, [options.server.main, ...args], {
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      HOME: home,
      TMPDIR: options.temporary,
      LANG: "C.UTF-8",
      SHELL: "/bin/sh",
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, that can be ended as one
  });
  const { port, output } = await listening(child);
  return { port, output, close: () => endGroup(child) };
}

/** As VS Code's own installation lays it down. */
function addExtension(folder: string, extensions: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  cpSync(folder, join(extensions, `${publisher}.${name}-${version}`), { recursive: true });
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
}

function listening(child: ChildProcess): Promise<{ port: number; output: () => string }> {
  let text = "";
  const output = () => text;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      void endGroup(child);
      reject(new Error(`${basename(child.spawnargs[1] ?? "")} ${why}. It printed:\n${text}`));
    };
    const timer = setTimeout(() => fail("was not ready within three minutes"), 180_000);
    const read = (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-100_000);
      const port = /Extension host agent listening on (\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve({ port: Number(port), output });
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode !== null || child.signalCode !== null;
  const gone = ended ? Promise.resolve() : new Promise<void>((resolve) => child.once("exit", () => resolve()));
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child.pid!, "SIGKILL"), 5_000);
  await gone;
  clearTimeout(timer);
  signalGroup(child.pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}
