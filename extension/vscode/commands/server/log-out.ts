import * as vscode from "vscode";
import { isVaultError } from "#core/vault-error.ts";
import { logOut as leave } from "#mcp/device/log-out.ts";
import { requireServer } from "#mcp/device/use-server.ts";
import { confirmed } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { messageOf } from "../../words/error-text.ts";
import { inNewPlace } from "./new-place.ts";

/** Ends this device at the server. Where that can't be told, the person may forget the login here all the same. */
export async function logOut(window: Window): Promise<void> {
  const { client } = requireServer(window.own.paths);
  client.close();
  const question = vscode.l10n.t("Log out of {0}?", client.url);
  const detail = vscode.l10n.t(
    "This device forgets its login and what it fetched. The vault stays on the server for your other devices.",
  );
  if (!(await confirmed(question, detail, LOG_OUT()))) return;
  const { device, wasServerTold } = await leaveOrForget(window, client.url);
  if (device === undefined) return;
  const told = vscode.l10n.t("Logged out of {0}.", client.url);
  if (wasServerTold) await vscode.window.showInformationMessage(told);
  else
    await vscode.window.showWarningMessage(
      `${told} ${vscode.l10n.t('The server was not told. Remove the device {0} on another one, by "Devices of a Server".', device)}`,
    );
}

const LOG_OUT = (): string => vscode.l10n.t("Log Out");

/** `device` is undefined where the person stays logged in. */
async function leaveOrForget(
  window: Window,
  url: string,
): Promise<{ readonly device: string | undefined; readonly wasServerTold: boolean }> {
  try {
    return await inNewPlace(window, () => leave(window.own.paths, false));
  } catch (error) {
    if (!isVaultError(error, "server-unreachable", "server-changed", "server-refused")) throw error;
    const question = vscode.l10n.t("{0} can't be told. Forget the login here all the same?", url);
    const detail = `${messageOf(error)}\n\n${vscode.l10n.t("Entries of the audit log that wait to be sent are lost with it.")}`;
    if (!(await confirmed(question, detail, LOG_OUT()))) return { device: undefined, wasServerTold: false };
    return inNewPlace(window, () => leave(window.own.paths, true));
  }
}
