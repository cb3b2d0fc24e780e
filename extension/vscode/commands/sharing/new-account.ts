import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { inviteKeys, parseInviteCode, wipeInviteKeys } from "#core/vault/invite-code.ts";
import type { FoundServer } from "#mcp/device/find-server.ts";
import { registerHere } from "#mcp/device/register-here.ts";
import { askNewPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { handOverCode } from "../recovery/hand-over-code.ts";
import { inNewPlace } from "../server/new-place.ts";

/**
 * A new account on the server of an invite, which the code vouches for; `use` gets its unlocked vault and the password.
 * undefined = the person gave up choosing one, and nothing was made.
 */
export async function newAccountFor(
  window: Window,
  title: string,
  text: string,
  server: FoundServer,
  use: (access: VaultAccess, password: Uint8Array) => Promise<void>,
): Promise<VaultAccess | undefined> {
  window.prepare();
  const password = await askNewPassword(title);
  if (password === undefined) return undefined;
  try {
    const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Making the account …") };
    await handOverCode(await vscode.window.withProgress(progress, () => register(window, text, server, password)));
    const access = await window.vault.unlock(password);
    await use(access, password);
    return access;
  } finally {
    wipe(password);
  }
}

/** Resolves with the recovery code. */
async function register(window: Window, text: string, server: FoundServer, password: Uint8Array): Promise<string> {
  const { secret } = parseInviteCode(text);
  const keys = inviteKeys(secret);
  wipe(secret);
  try {
    const made = await inNewPlace(window, () => registerHere(window.own.paths, server, password, keys));
    made.session.lock();
    return made.recoveryCode;
  } finally {
    wipeInviteKeys(keys);
  }
}
