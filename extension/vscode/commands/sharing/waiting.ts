import { setTimeout as timer } from "node:timers/promises";
import * as vscode from "vscode";
import { isVaultError } from "#core/vault-error.ts";
import { waitUntil } from "./wait-until.ts";

/** Says what it waits for, with a button that ends the waiting and nothing else. false = that, or an hour without it. */
export function showWaiting(title: string, isSo: () => Promise<boolean>): PromiseLike<boolean> {
  const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(progress, async (_, token) => {
    const gone = new AbortController();
    const listening = token.onCancellationRequested(() => gone.abort());
    try {
      return await waitUntil(() => isSo().catch(orNotYet), gone.signal, sleep);
    } finally {
      listening.dispose();
    }
  });
}

/** A network that is away for a moment is no reason to give up. */
function orNotYet(error: unknown): boolean {
  if (isVaultError(error, "server-unreachable", "vault-conflict")) return false;
  throw error;
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => {}); // it rejects only as the person ended it
}
