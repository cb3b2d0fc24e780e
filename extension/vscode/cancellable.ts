import * as vscode from "vscode";
import { windowError } from "./words/error-text.ts";

/** Tells how far the work is: 0 to 1. */
export type Report = (done: number) => void;

/**
 * Does what takes a while, with a notification that says so and can end it: `signal` aborts then, and whatever `work`
 * throws after that is `cancelled`. `canEnd: false` is for one step that can't be cut, which gets no button.
 */
export async function cancellable<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
  { canEnd = true }: { readonly canEnd?: boolean } = {},
): Promise<T> {
  const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: canEnd };
  return vscode.window.withProgress(progress, async (notification, token) => {
    const gone = new AbortController();
    const listening = token.onCancellationRequested(() =>
      gone.abort(windowError("cancelled", vscode.l10n.t("That was cancelled."))),
    );
    let told = 0;
    try {
      return await work(gone.signal, (done) => {
        notification.report({ increment: (done - told) * 100 });
        told = done;
      });
    } catch (error) {
      gone.signal.throwIfAborted();
      throw error;
    } finally {
      listening.dispose();
    }
  });
}
