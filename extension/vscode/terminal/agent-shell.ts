import * as vscode from "vscode";
import type { ShellInfo, ShellSessions } from "#core/run/shell-session.ts";
import type { ShellWatch } from "#mcp/server-deps.ts";
import { openTerminal } from "./open-terminal.ts";
import type { TerminalWork } from "./terminal-session.ts";

/**
 * A terminal for the shell that an agent opens by `vault_inject_env`: the person sees what it does there, can type in
 * it, and ends the shell by closing the terminal.
 */
export function watchShell(shells: ShellSessions, client: string): ShellWatch {
  // Before the terminal is there: up to the first prompt.
  const early: Uint8Array[] = [];
  let show = (bytes: Uint8Array): void => void early.push(bytes);
  let hasEnded: (exitCode: number) => void;
  const ended = new Promise<number>((resolve) => (hasEnded = resolve));

  const work =
    ({ id }: ShellInfo): TerminalWork =>
    async ({ stdin, stdout, say }, signal) => {
      say(vscode.l10n.t("{0} works in this shell, with secrets. Close the terminal to end it.", client));
      show = (bytes) => void stdout.write(bytes);
      for (const bytes of early.splice(0)) show(bytes);
      const ifOpen = (step: () => void): void => (shells.list().some((shell) => shell.id === id) ? step() : undefined);
      const onResize = (): void => ifOpen(() => shells.resize(id, stdout.columns, stdout.rows));
      const end = (): void => ifOpen(() => void shells.close(id));
      stdin.setRawMode(true);
      stdin.on("data", (keys: Buffer) => ifOpen(() => shells.write(id, keys)));
      stdout.on("resize", onResize);
      signal.addEventListener("abort", end, { once: true });
      onResize();
      try {
        return await ended;
      } finally {
        stdout.off("resize", onResize);
        stdin.removeAllListeners("data").setRawMode(false);
      }
    };

  return {
    onData: (bytes) => show(bytes),
    onOpen: (shell) => void openTerminal(client, "shield", work(shell), true),
    onEnd: (exitCode) => hasEnded(exitCode ?? 1),
  };
}
