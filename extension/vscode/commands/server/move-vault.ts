import * as vscode from "vscode";
import { wordRows } from "#mcp/device/find-server.ts";
import { moveVaultHere, moveVaultToServer, requireMovable, requireMovableHere } from "#mcp/device/move-vault.ts";
import { confirmed, withPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { askServer } from "./confirm-server.ts";
import { inNewPlace } from "./new-place.ts";

/** Puts the vault on a server, by its words and the master password. The vault of before stays as an encrypted file. */
export async function moveToServer(window: Window): Promise<void> {
  const { paths } = window.own;
  await requireMovable(paths);
  const title = vscode.l10n.t("Move Vault to a Server");
  const server = await askServer(window, title);
  if (server === undefined) return;
  const prompt = vscode.l10n.t("Master password, to move the vault to {0}", server.url);
  const moved = await withPassword(title, prompt, (password) =>
    busy(async () => {
      const done = await inNewPlace(window, () => moveVaultToServer(paths, server, password));
      await window.vault.unlock(password);
      return done;
    }),
  );
  if (moved === undefined) return;
  const { backup, account, accountWords, leftAuditEntries } = moved;
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  const lines = [
    vscode.l10n.t(
      "Every object was read back and compared. The vault of before is in {0}; delete that file when you no longer want it.",
      backup,
    ),
    ...(leftAuditEntries === 0
      ? []
      : [vscode.l10n.t("Entries of other devices' audit logs are in that file only: {0}.", leftAuditEntries)]),
    vscode.l10n.t('On another device, "Log In to a Server" asks for your account:'),
    account,
    vscode.l10n.t("and shows its words:"),
    wordRows(accountWords).join("\n"),
  ];
  const told = vscode.l10n.t("The vault is on {0} now.", server.url);
  await vscode.window.showInformationMessage(told, { modal: true, detail: lines.join("\n\n") }, close);
}

/** The other way: every secret is decrypted and checked before the server's place is left. */
export async function moveToMachine(window: Window): Promise<void> {
  const { paths } = window.own;
  const url = await requireMovableHere(paths);
  const isSure = await confirmed(
    vscode.l10n.t("Move the vault from {0} to this machine?", url),
    vscode.l10n.t(
      "The server keeps its ciphertext until the one who runs it deletes the account. Other devices go on using it: what they change then is not seen here.",
    ),
    vscode.l10n.t("Move Vault"),
  );
  if (!isSure) return;
  const prompt = vscode.l10n.t("Master password, to move the vault to this machine");
  const moved = await withPassword(vscode.l10n.t("Move Vault to This Machine"), prompt, (password) =>
    busy(async () => {
      const done = await inNewPlace(window, () => moveVaultHere(paths, password));
      await window.vault.unlock(password);
      return done;
    }),
  );
  if (moved === undefined) return;
  await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "The vault is in {0} now: {1} secrets, each decrypted and checked. What came from the server is in {2} too; delete that file when you no longer want it.",
      paths.vault,
      moved.secrets,
      moved.backup,
    ),
  );
}

function busy<T>(work: () => Promise<T>): Promise<T> {
  const title = vscode.l10n.t("Moving the vault …");
  return Promise.resolve(vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work));
}
