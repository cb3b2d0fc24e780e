import type { Session } from "#core/vault/session.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { withPassword } from "./ask-person.ts";
import type { Window } from "./window.ts";

/**
 * A session for values that leave the vault, by a master password that a person types for it: what the window has unlocked
 * opens none. It ends when the window's vault is locked; `locked` aborts then. undefined = the person gave up.
 */
export async function withOwnSession<T>(
  window: Window,
  title: string,
  prompt: string,
  use: (session: Session, locked: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const vault = await thisVault(window.own.paths);
  const session = await withPassword(title, prompt, (password) => unlockVault(vault, password));
  if (session === undefined) return undefined;
  const locked = new AbortController();
  const watch = window.vault.onDidChange(({ kind }) => {
    if (kind === "unlocked") return;
    session.lock();
    locked.abort();
  });
  try {
    return await use(session, locked.signal);
  } finally {
    watch.dispose();
    session.lock();
  }
}
