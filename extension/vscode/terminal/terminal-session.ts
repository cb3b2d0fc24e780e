import { Keys, Picture, type Size } from "./terminal-streams.ts";
import { TitleScanner } from "./title-scanner.ts";
import { wrapWords } from "./wrap-words.ts";

/** What takes place in a terminal. Resolves with the exit code; `signal` aborts when the terminal is closed. */
export type TerminalWork = (screen: Screen, signal: AbortSignal) => Promise<number>;

export interface Screen {
  readonly stdin: Keys;
  readonly stdout: Picture;
  /** A line of our own, told apart from what programs print. */
  say(line: string): void;
  rename(title: string): void;
}

export interface SessionTexts {
  /** Of an error, for the person. */
  problem(error: unknown): string;
  ended(exitCode: number): string;
}

export interface SessionEvents {
  show(text: string): void;
  rename(title: string): void;
  /** The terminal can go. */
  close(exitCode: number): void;
}

export interface SessionOptions {
  readonly texts: SessionTexts;
  /** Keeps the last screen until a key is pressed, as tasks do. Left out: VS Code does so by itself. */
  readonly holds?: boolean;
}

/** One terminal from its opening to its end: before the work, during it, and until somebody has read the result. */
export class TerminalSession {
  readonly #work: TerminalWork;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #titles = new TitleScanner();
  readonly #keys = new Keys();
  readonly #picture: Picture;
  readonly #closed = new AbortController();
  #state: "new" | "working" | "held" | "done" = "new";
  /** Resolves when the work has ended, and everything that it started. */
  #finished: Promise<void> = Promise.resolve();

  constructor(work: TerminalWork, options: SessionOptions, events: SessionEvents) {
    this.#work = work;
    this.#options = options;
    this.#events = events;
    this.#picture = new Picture((text) => this.#show(text));
  }

  get finished(): Promise<void> {
    return this.#finished;
  }

  /** The size is unknown while nobody sees the terminal. */
  open(size: Size | undefined): void {
    if (this.#state !== "new") return;
    this.#state = "working";
    if (size !== undefined) this.#picture.resize(size);
    this.#finished = this.#run();
  }

  resize(size: Size): void {
    this.#picture.resize(size);
  }

  /** Keys, a paste, or an answer of the terminal to a program's question. */
  type(text: string): void {
    if (this.#state === "held") this.#finish(0);
    else if (this.#state === "working" && this.#keys.isRaw) this.#keys.push(Buffer.from(text));
    // No program takes keys yet, so Ctrl-C is ours: it withdraws the request for approval.
    else if (this.#state === "working" && text.includes("\u0003")) this.#closed.abort();
  }

  /** The person closed the terminal. */
  close(): void {
    this.#state = "done";
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    let exitCode = 1;
    try {
      const screen: Screen = {
        ...{ stdin: this.#keys, stdout: this.#picture },
        say: (line) => this.#say(line),
        rename: (title) => this.#events.rename(title),
      };
      exitCode = await this.#work(screen, this.#closed.signal);
    } catch (error) {
      this.#say(this.#options.texts.problem(error), RED);
    }
    await this.#flushed();
    if (this.#state !== "working") return;
    if (this.#options.holds !== true) return this.#finish(exitCode);
    this.#state = "held";
    this.#say(this.#options.texts.ended(exitCode), exitCode === 0 ? DIM : RED);
  }

  #finish(exitCode: number): void {
    this.#state = "done";
    this.#events.close(exitCode);
  }

  /** Until all that was written is shown: our last line must not stand in the middle of it. */
  #flushed(): Promise<void> {
    return new Promise((resolve) => this.#picture.write("", () => resolve()));
  }

  /** Behind what was written before. A full screen program may have left the cursor, and its colours, anywhere. */
  #say(line: string, colour = DIM): void {
    const lines = line.split(/\r?\n/).flatMap((each) => wrapWords(each, this.#picture.columns));
    this.#picture.write(`${RESET}\r\n${colour}${lines.join("\r\n")}${RESET}\r\n`);
  }

  #show(text: string): void {
    if (text === "") return;
    this.#events.show(text);
    const title = this.#titles.scan(text);
    if (title) this.#events.rename(title);
  }
}

const RESET = "\u001b[0m";
const DIM = "\u001b[2m";
const RED = "\u001b[31m";
