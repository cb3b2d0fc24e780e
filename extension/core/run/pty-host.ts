// A small process that holds one PTY for another process: see hosted-pty.ts for why.
import { openPty, type Pty, type PtyOptions } from "./pty.ts";
import { encodeFrame, frameReader } from "./pty-frames.ts";

let pty: Pty | undefined;

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
// The other process is gone: closing the terminal hangs up the shell and what runs in it.
process.stdin.on("end", () => process.exit());
process.stdout.on("error", () => process.exit());

async function open(options: Omit<PtyOptions, "onData">): Promise<void> {
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
