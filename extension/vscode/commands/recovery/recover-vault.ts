import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { parseRecoveryCode } from "#core/vault/recovery-code.ts";
import type { BegunLogin } from "#mcp/device/log-in.ts";
import { askNewPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { askRecoveryCode } from "./ask-code.ts";
import { handOverCode } from "./hand-over-code.ts";

/**
 * For who forgot the master password or lost the machine: the recovery code, or shares of it, opens the vault and is
 * replaced by a new one. Where there is no vault, that of a server.
 */
export async function recoverVault(window: Window): Promise<void> {
  const title = vscode.l10n.t("Recover Vault");
  const { kind } = await window.vault.refresh();
  if (kind === "absent") return recoverFromServer(window, title);
  const code = await askRecoveryCode(title);
  const password = code && (await askNewPassword(title));
  if (code === undefined || !password) return;
  await setPassword(window, code, password).finally(() => wipe(password));
}

/** By the words of the server and of the account, which are on the kit; no other device is needed. */
async function recoverFromServer(window: Window, title: string): Promise<void> {
  const { beginRecovery } = await import("#mcp/device/log-in.ts");
  const { requireNoLogin } = await import("#mcp/device/use-server.ts");
  const { askServer } = await import("../server/confirm-server.ts");
  const { askAccount, isOwnAccount } = await import("../server/log-in.ts");
  const { inNewPlace } = await import("../server/new-place.ts");
  const { paths } = window.own;
  requireNoLogin(paths);
  const server = await askServer(window, title);
  const where = vscode.l10n.t("Your account: 32 digits and letters. It is on the recovery kit.");
  const account = server && (await askAccount(window, title, where));
  const code = account && (await askRecoveryCode(title));
  if (server === undefined || account === undefined || code === undefined) return;
  const begun = await logInBy(code, (bytes) => beginRecovery(paths, server, account, bytes));
  const isOwn = await isOwnAccount(begun, vscode.l10n.t("The recovery kit has the same words."));
  const password = isOwn ? await askNewPassword(title) : undefined;
  if (password === undefined) return begun.refuse();
  try {
    await inNewPlace(window, () => begun.accept());
    await setPassword(window, code, password);
  } finally {
    wipe(password);
  }
}

async function setPassword(window: Window, code: string, password: Uint8Array): Promise<void> {
  const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Opening the vault …") };
  await handOverCode(await vscode.window.withProgress(progress, () => window.vault.recover(code, password)));
}

async function logInBy(code: string, begin: (bytes: Uint8Array) => Promise<BegunLogin>): Promise<BegunLogin> {
  const bytes = parseRecoveryCode(code);
  const title = vscode.l10n.t("Logging in by the code …");
  try {
    const progress = { location: vscode.ProgressLocation.Notification, title };
    return await vscode.window.withProgress(progress, () => begin(bytes));
  } finally {
    wipe(bytes);
  }
}
