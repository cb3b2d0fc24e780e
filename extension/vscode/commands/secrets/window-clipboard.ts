import * as vscode from "vscode";
import { SecretClipboard } from "../../clipboard.ts";
import type { Window } from "../../window.ts";

const CLIPBOARDS = new WeakMap<Window, SecretClipboard>();

/** The clipboard for values, which is also emptied when the vault locks or the window closes. Made with its first use. */
export function windowClipboard(window: Window): SecretClipboard {
  const known = CLIPBOARDS.get(window);
  if (known !== undefined) return known;
  const clipboard = new SecretClipboard(vscode.env.clipboard);
  CLIPBOARDS.set(window, clipboard);
  window.extension.subscriptions.push(
    window.vault.onDidChange(({ kind }) => {
      if (kind !== "unlocked") void clipboard.clear();
    }),
  );
  window.atClose.push(() => clipboard.clear());
  return clipboard;
}
