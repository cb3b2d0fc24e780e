import { Writable } from "node:stream";
import { VaultError } from "#core/vault-error.ts";
import type { Terminal } from "./terminal.ts";

/** The master password as bytes. What the prompt kept of it as a string can't be wiped; see SECURITY.md on memory. */
export async function askPassword(terminal: Terminal, message: string): Promise<Uint8Array> {
  return Buffer.from(await askHidden(terminal, message), "utf8");
}

export async function askYes(
  terminal: Terminal,
  message: string,
  options?: { readonly preset?: boolean },
): Promise<boolean> {
  const { default: confirm } = await import("@inquirer/confirm");
  return answered(confirm({ message, default: options?.preset ?? false }, streams(terminal)));
}

export async function choose<T>(
  terminal: Terminal,
  message: string,
  choices: readonly { readonly name: string; readonly value: T }[],
): Promise<T> {
  const { default: select } = await import("@inquirer/select");
  return answered(select<T>({ message, choices, loop: false }, streams(terminal)));
}

export async function askText(terminal: Terminal, message: string, preset?: string): Promise<string> {
  const { default: input } = await import("@inquirer/input");
  return answered(
    input({ message, required: true, ...(preset === undefined ? {} : { default: preset }) }, streams(terminal)),
  );
}

/** One line that isn't shown, not even its length. */
export async function askHidden(
  terminal: Terminal,
  message: string,
  validate: (text: string) => string | true = (text) => text !== "" || "Nothing was typed.",
): Promise<string> {
  const { default: password } = await import("@inquirer/password");
  const watch = watchForLines(terminal);
  try {
    const text = await answered(password({ message, mask: false, validate }, streams(terminal)));
    if (!(await watch.sawMore())) return text;
  } finally {
    watch.stop();
  }
  throw new VaultError(
    "value-invalid",
    "More than one line was pasted, and nothing was stored. Give a value of several lines by --file or on stdin.",
  );
}

/**
 * Sees the lines of a paste after the first. The prompt would drop those that came with it and take the first for the
 * whole; later ones would reach the shell behind us: shown, run, and kept in its history.
 */
function watchForLines({ input }: Terminal): { sawMore(): Promise<boolean>; stop(): void } {
  let isDone = false;
  let more = false;
  const look = (chunk: Buffer): void => {
    more ||= isDone || /[\r\n](?!$)/.test(chunk.toString("latin1").replace(/\r\n$/, "\n"));
  };
  input.on("data", look);
  return {
    async sawMore() {
      isDone = true;
      input.setRawMode(true);
      input.resume();
      await new Promise((resolve) => setTimeout(resolve, REST_OF_PASTE_MS));
      input.pause();
      input.setRawMode(false);
      return more;
    },
    stop: () => void input.off("data", look),
  };
}

const REST_OF_PASTE_MS = 30;

/** The prompts end the stream that they write to, and the terminal is needed for the next one. */
function streams({ input, output }: Terminal): { input: Terminal["input"]; output: Writable } {
  const lent = new Writable({ write: (chunk: Buffer, _encoding, done) => void output.write(chunk, done) });
  return { input, output: Object.assign(lent, { isTTY: true, columns: output.columns, rows: output.rows }) };
}

async function answered<T>(prompt: Promise<T>): Promise<T> {
  try {
    return await prompt;
  } catch (cause) {
    // Ctrl-C and a closed terminal: @inquirer names both so.
    if (cause instanceof Error && cause.name === "ExitPromptError") {
      throw new VaultError("cancelled", "Cancelled at the prompt. Run the command again when you are ready.");
    }
    throw cause;
  }
}
