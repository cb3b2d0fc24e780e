import * as vscode from "vscode";
import type { Command } from "#core/run/command.ts";
import type { PlaceholderReport } from "#core/run/placeholder/held-secret.ts";
import { runInTerminal, type TerminalResult } from "#core/run/run-in-terminal.ts";
import { formatContext } from "#core/vault/context.ts";
import type { ResolvedContext } from "#core/vault/resolve-context.ts";
import type { Window } from "../window.ts";
import type { Screen, TerminalWork } from "./terminal-session.ts";
import { terminalStreams } from "./terminal-streams.ts";

export interface WindowRun {
  readonly command: Command;
  readonly cwd: string;
  /** Called with the command as it is shown: not quite the same if a value stands in it. */
  readonly onApproved?: (shown: string, screen: Screen) => void;
  /** As it is shown to a person and written to the audit log. */
  readonly client: string;
  resolve(): Promise<ResolvedContext>;
}

/** One command with secrets, from the approval to its exit code, in a terminal of this window. */
export function runWork(window: Window, run: WindowRun): TerminalWork {
  return async (screen, signal) => {
    const access = await window.unlocked();
    const deps = await window.deps();
    const { command, cwd, client } = run;
    const { context, names, projectFile } = await run.resolve();
    screen.say(waiting(formatContext(context)));
    const result = await runInTerminal(
      { access, parentEnv: terminalEnvironment(window), matchers: deps.matchers },
      {
        ...{ action: "run", client, context, cwd, command, redact: true },
        ...(names === undefined ? {} : { names }),
        ...(projectFile === undefined ? {} : { projectFile }),
        onApproved: (shown) => {
          screen.say(`> ${shown}`);
          run.onApproved?.(shown, screen);
        },
      },
      terminalStreams(screen.stdin, screen.stdout),
      deps.newAsk?.(client),
      signal,
    );
    sayResult(screen, result);
    if (result.leaked.files.length > 0) deps.onLeaked?.({ context, cwd, files: result.leaked.files });
    return result.exitCode;
  };
}

/** What our children inherit from, in a terminal that knows colours. */
export function terminalEnvironment({ own }: Window): Readonly<Record<string, string | undefined>> {
  return { ...own.env, TERM: "xterm-256color", COLORTERM: "truecolor" };
}

function waiting(place: string): string {
  return vscode.l10n.t("Waits for you to allow secrets of {0} in the OpaqueVault view. Ctrl-C: give up.", place);
}

function sayResult(screen: Screen, { weak, placeholders }: TerminalResult): void {
  if (weak.length > 0) {
    screen.say(vscode.l10n.t("Too short or too common to be hidden everywhere: {0}", weak.join(", ")));
  }
  sayPlaceholders(screen, placeholders);
}

/** What became of the placeholders of a command, or of a shell. */
export function sayPlaceholders(screen: Pick<Screen, "say">, report: PlaceholderReport | undefined): void {
  if (report === undefined) return;
  if (report.unused.length > 0) {
    screen.say(
      vscode.l10n.t(
        "The command had a placeholder of {0}, and never sent it where the value may go.",
        report.unused.join(", "),
      ),
    );
  }
  for (const remark of report.remarks) screen.say(`${remark}.`);
}
