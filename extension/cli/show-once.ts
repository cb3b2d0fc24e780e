import type { Terminal } from "./terminal.ts";

/**
 * Shows lines on the terminal's other screen until a key is pressed. Nothing of them stays in the scrollback, which
 * editors hand to agents that read terminals.
 */
export async function showOnce({ input, output }: Terminal, lines: readonly string[]): Promise<void> {
  output.write(`${OTHER_SCREEN}${lines.join("\r\n")}\r\n\r\nPress Enter to hide this.`);
  input.setRawMode(true);
  try {
    await new Promise<void>((resolve) => {
      const listen = (chunk: Buffer): void => {
        // Enter, Ctrl-C, Ctrl-D, Escape, q
        if (![0x0d, 0x0a, 0x03, 0x04, 0x1b, 0x71].some((key) => chunk.includes(key))) return;
        input.off("data", listen);
        resolve();
      };
      input.on("data", listen);
      input.once("end", resolve);
      input.resume();
    });
  } finally {
    input.pause();
    input.setRawMode(false);
    await new Promise((resolve) => output.write(FIRST_SCREEN, resolve));
  }
}

const OTHER_SCREEN = "\x1b[?1049h\x1b[2J\x1b[H";
const FIRST_SCREEN = "\x1b[2J\x1b[?1049l";
