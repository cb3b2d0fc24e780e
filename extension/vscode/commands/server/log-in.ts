import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import type { Id } from "#core/store/store.ts";
import { type FoundServer, wordRows } from "#mcp/device/find-server.ts";
import { type BegunLogin, beginLogin, requireAccount } from "#mcp/device/log-in.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { requireNoLogin } from "#mcp/device/use-server.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { askLine, confirmed, withPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { refusalOf } from "../../words/error-text.ts";
import { askServer } from "./confirm-server.ts";
import { inNewPlace } from "./new-place.ts";

/** Makes this device one of an account on a server: by the server's words, the master password, the account's words. */
export async function logIn(window: Window): Promise<void> {
  const { paths } = window.own;
  requireNoLogin(paths);
  const title = vscode.l10n.t("Log In to a Server");
  const server = await askServer(window, title);
  const account = server && (await askAccount(window, title, onOtherDevice()));
  if (server === undefined || account === undefined) return;
  const kept: Uint8Array[] = [];
  try {
    const begun = await enrol(window, title, server, account, kept);
    if (begun === undefined) return;
    const hint = vscode.l10n.t('"Devices of a Server" shows the same words on your other devices.');
    if (!(await isOwnAccount(begun, hint))) {
      await begun.refuse();
      return;
    }
    await inNewPlace(window, () => begun.accept());
    await window.vault.unlock(kept[0]!); // it opened the account a moment ago
  } finally {
    wipe(...kept);
  }
  const stays = (await localVault(paths).store.readAccount()) !== undefined;
  await vscode.window.showInformationMessage(
    [
      vscode.l10n.t("Logged in to {0}.", server.url),
      ...(stays
        ? [vscode.l10n.t("The vault of this machine stays as it is, and is used again after you log out.")]
        : []),
    ].join(" "),
  );
}

/** undefined = the person closed the box. `where` says where it is found. */
export async function askAccount(window: Window, title: string, where: string): Promise<Id | undefined> {
  const answer = await askLine({
    title,
    prompt: where,
    value: readUserConfig(window.own.paths.config).account ?? "",
    problem: (text) => refusalOf(() => requireAccount(text)),
  });
  return answer === undefined ? undefined : requireAccount(answer);
}

/** `kept` gets a copy of the password that was right, since the box wipes its own. */
function enrol(
  window: Window,
  title: string,
  server: FoundServer,
  account: Id,
  kept: Uint8Array[],
): Promise<BegunLogin | undefined> {
  const prompt = vscode.l10n.t("Master password of the account on {0}", server.url);
  const enrolled = async (password: Uint8Array): Promise<BegunLogin> => {
    const begun = await beginLogin(window.own.paths, server, account, password);
    kept.push(Uint8Array.from(password));
    return begun;
  };
  return withPassword(title, prompt, enrolled, ["login-failed"]);
}

function onOtherDevice(): string {
  return vscode.l10n.t('Your account: 32 digits and letters. "Devices of a Server" shows it on your other device.');
}

/** `hint` says where else the words are. */
export function isOwnAccount({ words }: BegunLogin, hint: string): Promise<boolean> {
  return confirmed(
    vscode.l10n.t("Are these the words of your account?"),
    `${wordRows(words).join("\n")}\n\n${hint}`,
    vscode.l10n.t("These Are the Words"),
  );
}
