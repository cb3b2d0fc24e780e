import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE } from "./editor-window.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The real api-server on this machine, with a database and an identity of its own. */
export interface ApiServer {
  readonly url: string;
  /** As it printed them at its start. */
  readonly words: readonly string[];
  stop(): Promise<void>;
  /** Again, with the same database, identity and port. */
  start(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** Builds and starts it; on a free port, or on that of another one which was stopped. */
export async function startApiServer(port = 0): Promise<ApiServer> {
  execFileSync(process.execPath, ["api-server/esbuild.mjs"], { cwd: ROOT });
  const folder = mkdtempSync(join(tmpdir(), "ov-api-"));
  let running = await run(folder, port);
  const url = running.url;
  const stop = async (): Promise<void> => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const gone = once(running.child, "exit");
    running.child.kill("SIGKILL");
    await gone;
  };
  return {
    url,
    words: running.words,
    stop,
    start: async () => {
      running = await run(folder, Number(new URL(url).port));
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(
  folder: string,
  port: number,
): Promise<{ readonly child: ChildProcess; readonly url: string; readonly words: readonly string[] }> {
  const env = { ...process.env, OV_API_FOLDER: folder, DATABASE_URL: undefined };
  const child = spawn(process.execPath, [join(ROOT, "dist-api/ov-api.mjs"), "--port", String(port)], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const url = /listens at (\S+)/.exec(output)?.[1];
    const words = /words are: ([a-z ]+)\n/.exec(output)?.[1];
    if (url !== undefined && words !== undefined) return { child, url, words: words.split(" ") };
  }
  child.kill("SIGKILL");
  throw new Error(`The api-server did not start. It printed:\n${output}`);
}
