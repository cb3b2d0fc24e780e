import * as vscode from "vscode";
import { askNewPassword, withPassword } from "../ask-person.ts";
import type { Window } from "../window.ts";
import { handOverCode } from "./recovery/hand-over-code.ts";

export async function createVault(window: Window): Promise<void> {
  const { kind } = await window.vault.refresh();
  if (kind !== "absent") {
    await vscode.window.showInformationMessage(vscode.l10n.t("You have a vault already."));
    return;
  }
  window.prepare();
  const password = await askNewPassword(vscode.l10n.t("Create Vault"));
  if (password === undefined) return;
  const code = await busy(vscode.l10n.t("Making the vault …"), () => window.vault.create(password)).finally(() =>
    password.fill(0),
  );
  await handOverCode(code);
}

export async function unlock(window: Window): Promise<void> {
  const { kind } = await window.vault.refresh();
  if (kind === "unlocked") return;
  window.prepare();
  if (kind === "absent") {
    const create = vscode.l10n.t("Create Vault");
    const answer = await vscode.window.showInformationMessage(vscode.l10n.t("There is no vault yet."), create);
    if (answer === create) await createVault(window);
    return;
  }
  const { face } = window.remote;
  const place = face.kind === "server" ? face.url : window.own.paths.vault;
  const prompt = vscode.l10n.t("Master password of {0}", place);
  await withPassword(vscode.l10n.t("Unlock"), prompt, (password) => window.vault.unlock(password));
}

export async function lock(window: Window): Promise<void> {
  await window.vault.lock();
}

function busy<T>(title: string, work: () => Promise<T>): Promise<T> {
  return Promise.resolve(vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work));
}
