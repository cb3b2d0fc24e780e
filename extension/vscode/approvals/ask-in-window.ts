import * as vscode from "vscode";
import type { Ask } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import type { ApprovalQueue } from "./approval-queue.ts";
import type { ApprovalsView } from "./approvals-view.ts";

/**
 * Asks in the approvals view, and says so in a notification that goes away with the request. The notification can only
 * deny: its buttons can be pressed by a command, which other extensions and agents can run.
 */
export function askInWindow(queue: ApprovalQueue, view: ApprovalsView): Ask {
  return async (request, signal) => {
    const known = new Set(queue.waiting.map(({ id }) => id));
    const answered = queue.ask(request, signal);
    const waiting = queue.waiting.find(({ id }) => !known.has(id));
    if (waiting !== undefined) {
      void view.reveal();
      const title = vscode.l10n.t(
        "{0} asks for secrets of {1}. Answer in the OpaqueVault view.",
        request.client,
        formatContext(request.context),
      );
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (_, cancelled) => {
          cancelled.onCancellationRequested(() => queue.answer(waiting.id, "deny"));
          return new Promise<void>((resolve) => waiting.gone.addEventListener("abort", () => resolve()));
        },
      );
    }
    return answered;
  };
}
