import * as vscode from "vscode";
import type { HeldLease } from "#core/run/held-lease.ts";
import type { Window } from "../window.ts";
import type { Ticket } from "./ticket.ts";

/**
 * Makes a ticket good while a program starts, and ends its lease with the debug session, or when none begins: a task
 * that builds the program may run before.
 */
export function followSession(window: Window, ticket: Ticket, lease: Pick<HeldLease, "end">): void {
  // The first one with this ticket, and no other that copies its configuration.
  let followed: string | undefined;
  const begins = (session: vscode.DebugSession): boolean =>
    followed === undefined && session.parentSession === undefined && session.configuration.opaquevault === ticket.key;
  const end = async (outcome: "ended" | "cancelled"): Promise<void> => {
    clearTimeout(unused);
    vscode.Disposable.from(...watches).dispose();
    await ticket.close();
    await lease.end({ exitCode: undefined, outcome, redactions: 0 });
  };
  const unused = setTimeout(() => void end("cancelled"), UNTIL_START_MS);
  const watches: vscode.Disposable[] = [
    vscode.debug.registerDebugAdapterTrackerFactory("*", {
      createDebugAdapterTracker: async (session) => {
        if (!begins(session)) return undefined;
        followed = session.id;
        clearTimeout(unused);
        await ticket.open();
        return {
          // Some debuggers start the program again by themselves.
          onWillReceiveMessage: ({ command }: { readonly command?: string }) => {
            if (command === "restart") void ticket.open();
          },
        };
      },
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      if (session.id === followed) void end("ended");
    }),
    window.vault.onDidChange(({ kind }) => {
      if (kind !== "unlocked") void ticket.close();
    }),
  ];
}

const UNTIL_START_MS = 10 * 60_000;
