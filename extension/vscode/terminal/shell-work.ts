import * as vscode from "vscode";
import { type ShellEnd, ShellSessions } from "#core/run/shell-session.ts";
import { formatContext } from "#core/vault/context.ts";
import type { ResolvedContext } from "#core/vault/resolve-context.ts";
import type { Window } from "../window.ts";
import { sayPlaceholders, terminalEnvironment } from "./run-work.ts";
import type { TerminalWork } from "./terminal-session.ts";

const CLIENT = "VS Code: Open Shell with Secrets";

/** A person's shell with secrets. It ends with its terminal, and when the vault is locked. */
export function shellWork(window: Window, resolve: () => Promise<ResolvedContext>, cwd: string): TerminalWork {
  return async ({ stdin, stdout, say }, signal) => {
    const access = await window.unlocked();
    const deps = await window.deps();
    const { context, names, projectFile } = await resolve();
    say(
      vscode.l10n.t(
        "A shell with secrets of {0}, once you allow it in the OpaqueVault view. Its output is redacted. What other extensions and agents type here runs as if you had typed it.",
        formatContext(context),
      ),
    );
    const shells = new ShellSessions({ idleMs: NEVER_MS });
    const locked = window.vault.onDidChange(({ kind }) => {
      if (kind !== "unlocked") void shells.closeAll();
    });
    const end = (): void => void shells.closeAll();
    let onResize = (): void => {};
    try {
      return await new Promise<number>((resolve, reject) => {
        const request = {
          ...{ client: CLIENT, context, cwd, cols: stdout.columns, rows: stdout.rows },
          ...(names === undefined ? {} : { names }),
          ...(projectFile === undefined ? {} : { projectFile }),
          onData: (bytes: Uint8Array): void => void stdout.write(bytes),
          onEnd: (exitCode: number | undefined, { leaked, placeholders }: ShellEnd): void => {
            sayPlaceholders({ say }, placeholders);
            if (leaked.files.length > 0) deps.onLeaked?.({ context, cwd, files: leaked.files });
            resolve(exitCode ?? 1);
          },
        };
        const environment = { access, parentEnv: terminalEnvironment(window), matchers: deps.matchers };
        shells.open(environment, request, deps.newAsk?.(CLIENT), signal).then(({ id }) => {
          // Files are looked at after the shell has gone, and keys may still come.
          const ifOpen = (step: () => void): void => (shells.list().length > 0 ? step() : undefined);
          onResize = () => ifOpen(() => shells.resize(id, stdout.columns, stdout.rows));
          onResize();
          stdin.setRawMode(true);
          stdin.on("data", (keys: Buffer) => ifOpen(() => shells.write(id, keys)));
          stdout.on("resize", onResize);
          signal.addEventListener("abort", end);
          if (signal.aborted) end();
        }, reject);
      });
    } finally {
      locked.dispose();
      signal.removeEventListener("abort", end);
      stdout.off("resize", onResize);
      stdin.removeAllListeners("data").setRawMode(false);
      await shells.closeAll();
    }
  };
}

/** The longest that a timer takes: a person may leave a shell open. */
const NEVER_MS = 2 ** 31 - 1;
