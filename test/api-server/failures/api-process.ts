import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";

export interface ApiProcessOptions {
  readonly folder: string;
  readonly databaseUrl?: string;
  readonly keyFile?: string;
  readonly port?: number;
  readonly isOpen?: boolean;
  /** What its clock is ahead, in ms. */
  readonly ahead?: number;
  /** As the next version would begin: with one more step of the schema. */
  readonly isNext?: boolean;
}

/** A server in a process of its own. */
export interface ApiProcess {
  readonly url: string;
  readonly serverId: string;
  /** Of the server itself, also where a tracer started it. */
  readonly pid: number;
  /** kill -9, as far as the operating system has it. */
  kill(): Promise<void>;
  /** As systemd stops it. */
  stop(): Promise<void>;
  usage(): Promise<Usage>;
}

export interface Usage {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  /** What it has used of a processor, in ms. */
  readonly cpu: number;
}

/** Starts it; `before` are a tracer's words, such as strace and its options. Ends with this process. */
export async function startApiProcess(
  options: ApiProcessOptions,
  before: readonly string[] = [],
  script = fileURLToPath(new URL("serve.ts", import.meta.url)),
): Promise<ApiProcess> {
  const [program, ...args] = [...before, process.execPath, script, JSON.stringify(options)];
  const child = spawn(program!, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], env: { PATH: process.env.PATH } });
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  const exited = once(child, "exit").finally(() => process.removeListener("exit", end));
  const { url, serverId, pid } = await told(child);
  holdNobody(child);
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    process.kill(pid, name);
    await exited;
  };
  return {
    ...{ url, serverId, pid },
    kill: () => signal("SIGKILL"),
    stop: () => signal("SIGTERM"),
    async usage() {
      child.channel?.ref();
      child.send("usage");
      const [usage] = await once(child, "message");
      child.channel?.unref();
      return usage;
    },
  };
}

/** A server that a failed test leaves behind ends with its process, and does not keep it from ending. */
function holdNobody(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
}

async function told(child: ChildProcess): Promise<{ url: string; serverId: string; pid: number }> {
  let [text, errors] = ["", ""];
  child.stderr!.on("data", (chunk) => (errors += String(chunk)));
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes("\n")) return { pid: child.pid!, ...JSON.parse(text) };
  }
  throw new Error(`The server did not start: ${errors.slice(-2000)}`);
}
