import type { Matcher, Redactor } from "../redact/matcher.ts";
import { VaultError } from "../vault-error.ts";
import { KeptOutput } from "./kept-output.ts";
import { killTree } from "./kill-tree.ts";
import { plainText } from "./plain-text.ts";
import { PromptScanner } from "./prompt-scanner.ts";
import type { Pty, PtyExit } from "./pty.ts";
import type { RunMarker } from "./run-marker.ts";
import { waitPattern } from "./wait-pattern.ts";

export interface TypeOptions {
  /** Text that ends the wait, in which `*` stands for anything; matched against redacted output. */
  readonly waitFor?: string;
  /** 30,000 by default. */
  readonly timeoutMs?: number;
  /** Press Enter after the input. By default unless it ends with a control character, such as Ctrl-C. */
  readonly enter?: boolean;
  /** Redacted bytes kept; 64 KiB by default. */
  readonly maxOutput?: number;
}

export interface TypeResult {
  /** Plain redacted text that came since the last result, without prompts and the echo of typed lines. */
  readonly output: string;
  /**
   * prompt = the shell is ready again; continuation = it wants another line; matched = `waitFor` came; timed-out = still
   * running; quiet = a shell whose prompt can't be told, and nothing came for a while; ended = the shell is gone.
   */
  readonly state: "prompt" | "continuation" | "matched" | "timed-out" | "quiet" | "ended";
  /** Of the last command at "prompt" (where the shell tells), of the shell itself at "ended". */
  readonly exitCode: number | undefined;
  /** Lines of the input that were not typed, because an earlier one still runs. */
  readonly untyped: number;
  readonly truncated: boolean;
  readonly redactions: Readonly<Record<string, number>>;
}

/**
 * One interactive shell on a PTY. Marks in its prompt cut the output into what a command printed and what is prompt or
 * echo. Each part has its own redactor, flushed where the part ends: at a mark, at the end of a typed line, or at the
 * end of the shell; never on a timer.
 */
export class Shell {
  readonly #matcher: Matcher;
  readonly #scanner: PromptScanner | undefined;
  readonly #observers = new Set<(bytes: Uint8Array) => void>();
  readonly #startedAt = performance.now();
  #pty: Pty | undefined;
  #redactor: Redactor;
  /** prompting = between a prompt's first and last mark. A shell without marks is always running. */
  #phase: "running" | "prompting" | "prompt" | "continuation" | "ended" = "running";
  #exitCode: number | undefined;
  #timesRunning = 0;
  #timesReady = 0;
  #hasTypedAhead = false;
  #isBusy = false;
  #kept = new KeptOutput(KEPT);
  /** The last part of what was kept, for `waitFor`. */
  #recent: Buffer = Buffer.alloc(0);
  #bytesSeen = 0;
  #counts = new Map<string, number>();
  #total = 0;
  #changed: () => void = () => undefined;

  /** `nonce` is that of the shell's prompt marks; undefined = it has none. */
  constructor(matcher: Matcher, nonce: string | undefined) {
    this.#matcher = matcher;
    this.#redactor = matcher.redactor();
    this.#scanner = nonce === undefined ? undefined : new PromptScanner(nonce);
  }

  /** Raw output of the PTY. Called by the PTY only. */
  readonly receive = (bytes: Uint8Array): void => {
    this.#bytesSeen += bytes.length;
    for (const token of this.#scanner?.push(bytes) ?? [{ kind: "bytes" as const, bytes }]) {
      if (token.kind === "bytes") this.#take(token.bytes);
      else {
        this.#endPart();
        if (token.mark === "P") {
          this.#exitCode = token.exitCode ?? this.#exitCode;
          this.#phase = "prompting";
        } else {
          this.#timesReady++;
          this.#hasTypedAhead = false;
          this.#phase = token.mark === "Q" ? "prompt" : "continuation";
        }
      }
    }
    this.#changed();
  };

  attach(pty: Pty): void {
    this.#pty = pty;
  }

  /** To be called once, when the PTY has ended. */
  ended(exit: PtyExit): void {
    this.#take(this.#scanner?.end() ?? new Uint8Array());
    this.#endPart();
    this.#phase = "ended";
    this.#exitCode = exit.exitCode ?? (exit.signal === undefined ? undefined : 128 + exit.signal);
    this.#changed();
  }

  get isEnded(): boolean {
    return this.#phase === "ended";
  }

  get redactionCount(): number {
    return this.#total;
  }

  /** Redacted bytes of the terminal as they come, without the marks. */
  observe(listener: (bytes: Uint8Array) => void): () => void {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  /** Keys that a person pressed in a terminal that shows this shell. */
  write(bytes: Uint8Array): void {
    if (this.#isAtPrompt) this.#hasTypedAhead = true;
    this.#pty?.write(bytes);
  }

  resize(cols: number, rows: number): void {
    this.#pty?.resize(cols, rows);
  }

  /** Waits for the first prompt. */
  async ready(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#scanner !== undefined) await this.#until(() => this.#timesReady > 0 || this.isEnded, timeoutMs, signal);
  }

  /** Types `input`, line by line while the shell is at its prompt, and waits; with undefined it only waits. */
  async type(input: string | undefined, options: TypeOptions = {}, signal?: AbortSignal): Promise<TypeResult> {
    if (this.#isBusy) {
      throw new VaultError(
        "argument-invalid",
        "This shell is still busy with an earlier input. Wait for its result first.",
      );
    }
    this.#isBusy = true;
    try {
      return await this.#typeAlone(input, options, signal);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Ends the shell and everything that was started in it. */
  async kill(marker: RunMarker): Promise<void> {
    if (this.#pty === undefined) return;
    // An interactive shell ignores SIGTERM.
    await killTree({ leader: this.#pty.pid, marker: marker.id, startedAt: this.#startedAt }, { first: "SIGHUP" });
    this.#pty.destroy();
    await this.#pty.exit;
  }

  async #typeAlone(input: string | undefined, options: TypeOptions, signal?: AbortSignal): Promise<TypeResult> {
    const deadline = performance.now() + (options.timeoutMs ?? 30_000);
    const isMatch = options.waitFor === undefined ? undefined : waitPattern(options.waitFor);
    let isMatched = false;
    const matches = (): boolean => {
      isMatched = isMatch?.(plainText(this.#recent, this.#matcher)) ?? false;
      return isMatched;
    };
    if (input !== undefined) this.#recent = Buffer.alloc(0);
    const lines = input === undefined ? [] : linesOf(input, options.enter);
    while (lines.length > 0 && !this.isEnded) {
      const isReady = this.#isAtPrompt ? this.#typeLine(lines.shift()!) : this.#typeAll(lines);
      const done = (): boolean => this.isEnded || isReady() || (lines.length === 0 && matches());
      if (!(await this.#wait(done, deadline, signal))) break;
    }
    if (input === undefined) {
      const done = (): boolean => this.isEnded || this.#isAtPrompt || matches();
      await this.#wait(done, deadline, signal);
    }
    return this.#result(isMatched, lines.length, options.maxOutput);
  }

  /** At a prompt: one line. It has run when the shell was left and is ready again. */
  #typeLine({ text, enter }: Line): () => boolean {
    const [running, ready] = [this.#timesRunning, this.#timesReady];
    // What a person has begun to type there is erased first; a tab is text here, and asks for no completion.
    const erase = this.#hasTypedAhead ? "\u0015" : "";
    this.#hasTypedAhead = false;
    this.#send(`${erase}${text.replaceAll("\t", "\u0016\t")}${enter ? "\r" : ""}`);
    return () => this.#isAtPrompt && this.#timesReady > ready && (!enter || this.#timesRunning > running);
  }

  /** Into a running program: everything, and it is done when the shell is ready again. */
  #typeAll(lines: Line[]): () => boolean {
    const ready = this.#timesReady;
    this.#send(lines.map(({ text, enter }) => text + (enter ? "\r" : "")).join(""));
    lines.length = 0;
    return () => this.#isAtPrompt && this.#timesReady > ready;
  }

  #send(text: string): void {
    this.#pty?.write(Buffer.from(text));
  }

  get #isAtPrompt(): boolean {
    return this.#phase === "prompt" || this.#phase === "continuation";
  }

  /** Until `done`, or the deadline; a shell without marks is done when it is quiet. */
  async #wait(done: () => boolean, deadline: number, signal?: AbortSignal): Promise<boolean> {
    while (true) {
      const left = deadline - performance.now();
      const seen = this.#bytesSeen;
      if (await this.#until(done, this.#scanner === undefined ? Math.min(left, QUIET_MS) : left, signal)) return true;
      if (performance.now() >= deadline || (this.#scanner === undefined && seen === this.#bytesSeen)) return false;
    }
  }

  #until(done: () => boolean, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        this.#changed = () => undefined;
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      const onAbort = (): void => {
        finish(() => reject(new VaultError("cancelled", "The wait was cancelled; the shell goes on. Ask it again.")));
      };
      const timer = setTimeout(() => finish(() => resolve(false)), Math.max(0, timeoutMs));
      this.#changed = () => {
        if (done()) finish(() => resolve(true));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
      else this.#changed();
    });
  }

  #result(isMatched: boolean, untyped: number, maxOutput = KEPT): TypeResult {
    const { bytes, truncated } = this.#kept.result();
    const redactions = Object.fromEntries(this.#counts);
    this.#kept = new KeptOutput(maxOutput);
    this.#counts = new Map();
    const state = this.#stateNow(isMatched);
    const exitCode = state === "prompt" || state === "ended" ? this.#exitCode : undefined;
    return { output: plainText(bytes, this.#matcher), state, exitCode, untyped, truncated, redactions };
  }

  #stateNow(isMatched: boolean): TypeResult["state"] {
    switch (this.#phase) {
      case "prompt":
      case "continuation":
      case "ended":
        return this.#phase;
      case "running":
      case "prompting":
        return isMatched ? "matched" : this.#scanner === undefined ? "quiet" : "timed-out";
    }
  }

  /** Bytes of the shell. The first newline at a prompt ends the echo of a line, and a command begins. */
  #take(bytes: Uint8Array): void {
    const newline = this.#isAtPrompt ? bytes.indexOf(10) : -1;
    this.#pass(this.#redactor.push(newline < 0 ? bytes : bytes.subarray(0, newline + 1)));
    if (newline < 0) return;
    this.#endPart();
    this.#phase = "running";
    this.#timesRunning++;
    this.#take(bytes.subarray(newline + 1));
  }

  #endPart(): void {
    this.#pass(this.#redactor.end());
    for (const [name, count] of this.#redactor.counts) {
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
      this.#total += count;
    }
    this.#redactor = this.#matcher.redactor();
  }

  #pass(redacted: Uint8Array): void {
    if (redacted.length === 0) return;
    for (const observer of this.#observers) observer(redacted);
    if (this.#phase !== "running") return;
    this.#kept.push(redacted);
    this.#recent = Buffer.concat([this.#recent, redacted]).subarray(-RECENT);
  }
}

const KEPT = 64 * 1024;
const RECENT = 16 * 1024;
const QUIET_MS = 500;

interface Line {
  readonly text: string;
  readonly enter: boolean;
}

function linesOf(input: string, enter: boolean | undefined): Line[] {
  const endsLine = input.endsWith("\n");
  const texts = input.replace(/\r?\n$/, "").split(/\r?\n/);
  if (texts.some((text) => Buffer.byteLength(text) > MAX_LINE)) {
    throw new VaultError(
      "argument-invalid",
      `A line of the input is longer than ${MAX_LINE} bytes, which terminals cut off. Put it into a file instead.`,
    );
  }
  const last = enter ?? (endsLine || !/[\u0000-\u001f\u007f]$/.test(input));
  return texts.map((text, index) => ({ text, enter: index < texts.length - 1 || last }));
}

/** A terminal in line mode takes 4,096 bytes at most. */
const MAX_LINE = 4_000;
