// A small process that holds one PTY for another process: see hosted-pty.ts for why.
import { killTree } from "./kill-tree.ts";
import { openPty, type Pty, type PtyOptions } from "./pty.ts";
import { encodeFrame, frameReader } from "./pty-frames.ts";
import { RUN_VARIABLE } from "./run-marker.ts";

let pty: Pty | undefined;
let marker = "";
const startedAt = performance.now();

const read = frameReader((kind, payload) => {
  switch (kind) {
    case "open":
      void open(JSON.parse(payload.toString()));
      return;
    case "data":
      pty?.write(payload);
      return;
    case "resize": {
      const { cols, rows } = JSON.parse(payload.toString());
      pty?.resize(cols, rows);
      return;
    }
    case "pause":
      pty?.pause();
      return;
    case "resume":
      pty?.resume();
      return;
    case "opened":
    case "failed":
    case "exit":
      throw new Error(`A PTY host was sent a frame that only it sends: ${kind}.`);
  }
});

process.stdin.on("data", read);
process.stdin.on("end", () => void endAll());
process.stdout.on("error", () => void endAll());

/** The other process is gone, so nobody else ends the shell and what runs in it. */
async function endAll(): Promise<void> {
  if (pty !== undefined) await killTree({ leader: pty.pid, marker, startedAt }, { first: "SIGHUP" });
  process.exit();
}

async function open(options: Omit<PtyOptions, "onData">): Promise<void> {
  marker = options.env[RUN_VARIABLE]?.split(".").at(-1) ?? "";
  try {
    pty = await openPty({ ...options, onData: send });
  } catch {
    process.stdout.end(encodeFrame("failed"), () => process.exit());
    return;
  }
  process.stdout.write(encodeFrame("opened", { pid: pty.pid }));
  const exit = await pty.exit;
  process.stdout.end(encodeFrame("exit", exit), () => process.exit());
}

function send(bytes: Uint8Array): void {
  if (process.stdout.write(encodeFrame("data", bytes))) return;
  pty?.pause();
  process.stdout.once("drain", () => pty?.resume());
}
