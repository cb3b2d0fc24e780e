import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { runInTerminal } from "#core/run/run-in-terminal.ts";
import { TerminalSession, type TerminalWork } from "#vscode/terminal/terminal-session.ts";
import { terminalStreams } from "#vscode/terminal/terminal-streams.ts";
import { CONTEXT, leased } from "../../core/run/leased.ts";

export interface WatchedTerminal {
  readonly session: TerminalSession;
  readonly titles: readonly string[];
  /** The exit code, once the terminal may go. */
  closedWith(): number | undefined;
  shown(): string;
  /** Waits until the terminal shows it. */
  see(what: string | RegExp): Promise<void>;
}

/** A terminal as VS Code holds one, which notes what it is given. */
export function watchedTerminal(work: TerminalWork, { holds = true } = {}): WatchedTerminal {
  let all = "";
  let exitCode: number | undefined;
  const titles: string[] = [];
  const texts = { problem: (error: unknown) => `problem: ${String(error)}`, ended: (code: number) => `ended: ${code}` };
  const session = new TerminalSession(
    work,
    { texts, holds },
    {
      show: (text) => {
        all += text;
      },
      rename: (title) => titles.push(title),
      close: (code) => {
        exitCode = code;
      },
    },
  );
  const see = async (what: string | RegExp): Promise<void> => {
    const until = performance.now() + 120_000;
    while (typeof what === "string" ? !all.includes(what) : !what.test(all)) {
      assert.ok(performance.now() < until, `not seen in: ${all}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { session, titles, closedWith: () => exitCode, shown: () => all, see };
}

/** Runs a command with the secret API_KEY on a PTY of its own. */
export function commandWork(...command: readonly string[]): TerminalWork {
  return async ({ stdin, stdout, rename }, signal) => {
    const request = {
      ...({ action: "run", client: "test", context: CONTEXT, cwd: tmpdir(), command, redact: true } as const),
      onApproved: rename,
    };
    return (await runInTerminal(leased().deps, request, terminalStreams(stdin, stdout), undefined, signal)).exitCode;
  };
}
