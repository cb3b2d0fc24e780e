import { closeSync, openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { VaultError } from "#core/vault-error.ts";

/** The person's terminal itself, whatever stdin and stdout are: a pipe on stdin can't answer for them. */
export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

/** Runs `use` with the terminal, and gives it back however that ends. Refuses with `person-required` where there is none. */
export async function withTerminal<T>(purpose: string, use: (terminal: Terminal) => Promise<T>): Promise<T> {
  const terminal = openTerminal();
  if (terminal === undefined) {
    throw new VaultError(
      "person-required",
      `${purpose} needs a person at a terminal, and this process has none. Run it in a terminal of your own.`,
    );
  }
  try {
    return await use(terminal);
  } finally {
    terminal.input.destroy();
    terminal.output.destroy();
  }
}

/**
 * False when nobody can be asked. A terminal counts only if one of our own streams shows it: an agent's tool call
 * has pipes for all three, and a prompt there would fight with the agent's own screen for the person's keys.
 */
export function hasTerminal(): boolean {
  if (!(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY)) return false;
  try {
    closeSync(openSync(DEVICE.input, "r"));
    return true;
  } catch {
    return false;
  }
}

const DEVICE =
  process.platform === "win32"
    ? { input: "\\\\.\\CONIN$", output: "\\\\.\\CONOUT$" }
    : { input: "/dev/tty", output: "/dev/tty" };

function openTerminal(): Terminal | undefined {
  if (!hasTerminal()) return undefined;
  const input = openSync(DEVICE.input, process.platform === "win32" ? "r+" : "r");
  try {
    return { input: new ReadStream(input), output: new WriteStream(openSync(DEVICE.output, "w")) };
  } catch {
    closeSync(input);
    return undefined;
  }
}
