import { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { openHostedPty } from "#core/run/hosted-pty.ts";
import type { TerminalStreams } from "#core/run/run-in-terminal.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal's keys, as a stream. */
export class Keys extends Readable {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  override _read(): void {
    // What is typed comes by itself.
  }
}

/** What a terminal shows, as a stream of UTF-8 bytes. Emits "resize". */
export class Picture extends Writable {
  readonly isTTY = true;
  columns = 80;
  rows = 30;
  readonly #show: (text: string) => void;
  readonly #decoder = new StringDecoder("utf8");

  constructor(show: (text: string) => void) {
    super({ highWaterMark: 64 * 1024 });
    this.#show = show;
  }

  resize({ columns, rows }: Size): void {
    if (columns <= 0 || rows <= 0) return;
    this.columns = columns;
    this.rows = rows;
    this.emit("resize");
  }

  /** VS Code takes all that is shown and never says when it is enough: so a flood is slowed down here. */
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#show(this.#decoder.write(bytes));
    setTimeout(done, bytes.length / BYTES_PER_MS);
  }
}

const BYTES_PER_MS = 4_096;

/** The streams of a command in a terminal of VS Code. Its PTY is opened where nothing else of this process gets at it. */
export function terminalStreams(stdin: Keys, stdout: Picture): TerminalStreams {
  return { stdin, stdout, stderr: stdout, openPty: openHostedPty };
}
