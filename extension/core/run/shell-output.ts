import type { Matcher, Redactor } from "../redact/matcher.ts";
import { KeptOutput } from "./kept-output.ts";
import { plainText } from "./plain-text.ts";
import { PromptScanner } from "./prompt-scanner.ts";
import type { PtyExit } from "./pty.ts";
import { TerminalView } from "./terminal-view.ts";

/** prompting = between a prompt's first and last mark. A shell without marks is running until it has ended. */
export type ShellPhase = "running" | "prompting" | "prompt" | "continuation" | "ended";

/** What was kept since it was last taken: plain redacted text. */
export interface TakenOutput {
  readonly output: string;
  readonly truncated: boolean;
  readonly redactions: Readonly<Record<string, number>>;
}

/**
 * The output of one interactive shell. Marks in its prompt cut it into what a command printed and what is prompt or
 * echo. Each part has its own redactor, flushed where the part ends: at a mark, at the end of a typed line, or at the
 * end of the shell; never on a timer. Terminals that a person looks at get theirs from a `TerminalView`.
 */
export class ShellOutput {
  readonly #matcher: Matcher;
  readonly #scanner: PromptScanner | undefined;
  readonly #observers = new Set<(bytes: Uint8Array) => void>();
  readonly #view: TerminalView;
  readonly #onChange: () => void;
  #redactor: Redactor;
  #kept = new KeptOutput(KEPT);
  /** The last part of what was kept, for `waitFor`. */
  #recent: Buffer = Buffer.alloc(0);
  #counts = new Map<string, number>();

  phase: ShellPhase = "running";
  exitCode: number | undefined;
  /** How often a typed line was taken by the shell, and how often it was ready for another. */
  timesTaken = 0;
  timesReady = 0;
  bytesSeen = 0;
  redactionCount = 0;

  /** `nonce` is that of the shell's prompt marks; undefined = it has none. */
  constructor(matcher: Matcher, nonce: string | undefined, onChange: () => void) {
    this.#matcher = matcher;
    this.#redactor = matcher.redactor();
    this.#scanner = nonce === undefined ? undefined : new PromptScanner(nonce);
    this.#onChange = onChange;
    this.#view = new TerminalView(matcher, (redacted) => {
      for (const observer of this.#observers) observer(redacted);
    });
  }

  get hasMarks(): boolean {
    return this.#scanner !== undefined;
  }

  get isReady(): boolean {
    return this.phase === "prompt" || this.phase === "continuation";
  }

  receive(bytes: Uint8Array): void {
    this.bytesSeen += bytes.length;
    for (const token of this.#scanner?.push(bytes) ?? [{ kind: "bytes" as const, bytes }]) {
      if (token.kind === "bytes") {
        if (this.#observers.size > 0) this.#view.receive(token.bytes);
        this.#take(token.bytes);
      } else {
        this.#endPart();
        if (token.mark === "P") {
          this.exitCode = token.exitCode ?? this.exitCode;
          this.phase = "prompting";
        } else {
          this.timesReady++;
          this.phase = token.mark === "Q" ? "prompt" : "continuation";
        }
      }
    }
    this.#onChange();
  }

  end(exit: PtyExit): void {
    if (this.#scanner !== undefined) this.#take(this.#scanner.end());
    this.#endPart();
    this.#view.end();
    this.phase = "ended";
    this.exitCode = exit.exitCode ?? (exit.signal === undefined ? undefined : 128 + exit.signal);
    this.#onChange();
  }

  /** Keys of a person who works in a terminal that shows this shell. */
  typed(keys: Uint8Array): void {
    this.#view.typed(keys);
  }

  /** Redacted bytes for terminals, as they come and without the marks. */
  observe(listener: (bytes: Uint8Array) => void): () => void {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  /** Redacted, since a pattern that matched raw output would let an agent guess a value piece by piece. */
  recentText(): string {
    return plainText(this.#recent, this.#matcher);
  }

  forgetRecent(): void {
    this.#recent = Buffer.alloc(0);
  }

  takeKept(nextLimit = KEPT): TakenOutput {
    const { bytes, truncated } = this.#kept.result();
    const redactions = Object.fromEntries(this.#counts);
    this.#kept = new KeptOutput(nextLimit);
    this.#counts = new Map();
    return { output: plainText(bytes, this.#matcher), truncated, redactions };
  }

  /** The first newline at a prompt ends the echo of a typed line, and a command begins. */
  #take(bytes: Uint8Array): void {
    const newline = this.isReady ? bytes.indexOf(10) : -1;
    this.#pass(this.#redactor.push(newline < 0 ? bytes : bytes.subarray(0, newline + 1)));
    if (newline < 0) return;
    this.#endPart();
    this.phase = "running";
    this.timesTaken++;
    this.#take(bytes.subarray(newline + 1));
  }

  #endPart(): void {
    this.#pass(this.#redactor.end());
    for (const [name, count] of this.#redactor.counts) {
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
      this.redactionCount += count;
    }
    this.#redactor = this.#matcher.redactor();
  }

  #pass(redacted: Uint8Array): void {
    if (redacted.length === 0 || this.phase !== "running") return;
    this.#kept.push(redacted);
    this.#recent = Buffer.concat([this.#recent, redacted]).subarray(-RECENT);
  }
}

const KEPT = 64 * 1024;
const RECENT = 16 * 1024;
