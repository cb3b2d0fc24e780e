import type { Matcher } from "../redact/matcher.ts";
import { VaultError } from "../vault-error.ts";
import { killTree } from "./kill-tree.ts";
import type { Pty, PtyExit } from "./pty.ts";
import type { RunMarker } from "./run-marker.ts";
import { ShellOutput, type ShellPhase, type TakenOutput } from "./shell-output.ts";
import { type TypedLine, typedLines } from "./typed-lines.ts";
import { waitPattern } from "./wait-pattern.ts";

export interface TypeOptions {
  /** Text that ends the wait, in which `*` stands for anything; matched against redacted output. */
  readonly waitFor?: string;
  /** 30,000 by default. */
  readonly timeoutMs?: number;
  /** Press Enter after the input. By default unless it ends with a control character, such as Ctrl-C. */
  readonly enter?: boolean;
  /** Redacted bytes kept from this result to the next; 64 KiB by default. */
  readonly maxOutput?: number;
}

/** What came since the last result, without prompts and the echo of typed lines. */
export interface TypeResult extends TakenOutput {
  /**
   * prompt = the shell is ready again; continuation = it wants another line; matched = `waitFor` came; timed-out = still
   * running; quiet = a shell whose prompt can't be told, and nothing came for a while; ended = the shell is gone.
   */
  readonly state: "prompt" | "continuation" | "matched" | "timed-out" | "quiet" | "ended";
  /** Of the last command at "prompt" (where the shell tells), of the shell itself at "ended". */
  readonly exitCode: number | undefined;
  /** Lines of the input that were not typed, because an earlier one still runs. */
  readonly untyped: number;
}

/** One interactive shell on a PTY: what is typed into it, and when it is done. */
export class Shell {
  readonly output: ShellOutput;
  readonly #startedAt = performance.now();
  #pty: Pty | undefined;
  #hasTypedAhead = false;
  #isBusy = false;
  #changed: () => void = () => undefined;

  constructor(matcher: Matcher, nonce: string | undefined) {
    this.output = new ShellOutput(matcher, nonce, () => this.#changed());
  }

  attach(pty: Pty): void {
    this.#pty = pty;
  }

  /** To be called once, when the PTY has ended. */
  ended(exit: PtyExit): void {
    this.output.end(exit);
  }

  /** Keys that a person pressed in a terminal that shows this shell. */
  write(bytes: Uint8Array): void {
    if (this.output.isReady) this.#hasTypedAhead = true;
    this.output.typed(bytes);
    this.#pty?.write(bytes);
  }

  resize(cols: number, rows: number): void {
    this.#pty?.resize(cols, rows);
  }

  /** Waits for the first prompt. */
  async ready(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const { output } = this;
    if (output.hasMarks) await this.#until(() => output.timesReady > 0 || output.phase === "ended", timeoutMs, signal);
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
    const { output } = this;
    const deadline = performance.now() + (options.timeoutMs ?? 30_000);
    const isMatch = options.waitFor === undefined ? undefined : waitPattern(options.waitFor);
    let isMatched = false;
    const matches = (): boolean => {
      isMatched = isMatch?.(output.recentText()) ?? false;
      return isMatched;
    };
    const lines = input === undefined ? [] : typedLines(input, options.enter);
    if (input === undefined) {
      // At a prompt there is nothing to wait for, unless a person types in the terminal too.
      const { timesReady } = output;
      const isDone = (): boolean => output.isReady && (isMatch === undefined || output.timesReady > timesReady);
      await this.#wait(() => output.phase === "ended" || isDone() || matches(), deadline, signal);
    } else {
      output.forgetRecent();
    }
    while (lines.length > 0 && output.phase !== "ended") {
      const isDone = output.isReady ? this.#typeLine(lines.shift()!) : this.#typeAll(lines);
      const done = (): boolean => output.phase === "ended" || isDone() || (lines.length === 0 && matches());
      if (!(await this.#wait(done, deadline, signal))) break;
    }
    const state = stateOf(output.phase, isMatched, output.hasMarks);
    const exitCode = state === "prompt" || state === "ended" ? output.exitCode : undefined;
    return { ...output.takeKept(options.maxOutput), state, exitCode, untyped: lines.length };
  }

  /** At a prompt: one line. It is done when the shell has taken it and is ready again. */
  #typeLine({ text, enter }: TypedLine): () => boolean {
    const { timesTaken, timesReady } = this.output;
    // What a person has begun to type there is erased first; a tab is text here, and asks for no completion.
    const erase = this.#hasTypedAhead ? "\u0015" : "";
    this.#hasTypedAhead = false;
    this.#send(`${erase}${text.replaceAll("\t", "\u0016\t")}${enter ? "\r" : ""}`);
    return () => {
      const { output } = this;
      return output.isReady && output.timesReady > timesReady && (!enter || output.timesTaken > timesTaken);
    };
  }

  /** Into a running program: everything, and it is done when the shell is ready again. */
  #typeAll(lines: TypedLine[]): () => boolean {
    const { timesReady } = this.output;
    this.#send(lines.map(({ text, enter }) => text + (enter ? "\r" : "")).join(""));
    lines.length = 0;
    return () => this.output.isReady && this.output.timesReady > timesReady;
  }

  #send(text: string): void {
    this.#pty?.write(Buffer.from(text));
  }

  /** Until `done`, or the deadline; a shell without marks is done when it is quiet. */
  async #wait(done: () => boolean, deadline: number, signal?: AbortSignal): Promise<boolean> {
    const { output } = this;
    while (true) {
      const left = deadline - performance.now();
      const seen = output.bytesSeen;
      if (await this.#until(done, output.hasMarks ? left : Math.min(left, QUIET_MS), signal)) return true;
      if (performance.now() >= deadline || (!output.hasMarks && seen === output.bytesSeen)) return false;
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
}

const QUIET_MS = 500;

function stateOf(phase: ShellPhase, isMatched: boolean, hasMarks: boolean): TypeResult["state"] {
  switch (phase) {
    case "prompt":
    case "continuation":
    case "ended":
      return phase;
    case "running":
    case "prompting":
      return isMatched ? "matched" : hasMarks ? "timed-out" : "quiet";
  }
}
