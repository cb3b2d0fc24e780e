import * as vscode from "vscode";
import { type AccountDevice, type AccountDevices, readDevices, removeDevice } from "#mcp/device/account-devices.ts";
import { wordRows } from "#mcp/device/find-server.ts";
import { confirmed } from "../../ask-person.ts";
import { timeOf } from "../../server/server-texts.ts";
import type { Window } from "../../window.ts";

/** The devices of the account, and the words that are the same on each of them. Another device can be ended. */
export async function showDevices(window: Window): Promise<void> {
  const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Asking for the devices …") };
  const account = await vscode.window.withProgress(progress, () => readDevices(window.own.paths));
  const picked = await vscode.window.showQuickPick(items(account), {
    title: `OpaqueVault: ${vscode.l10n.t("Devices of a Server")}`,
    placeHolder: vscode.l10n.t("Choose another device to end it, or words to compare them"),
  });
  if (picked?.copies !== undefined) await vscode.env.clipboard.writeText(picked.copies);
  else if (picked?.words !== undefined) await showWords(picked.label, picked.words);
  else if (picked?.device !== undefined) await endDevice(window, picked.device);
}

interface Item extends vscode.QuickPickItem {
  readonly device?: AccountDevice;
  readonly words?: readonly string[];
  /** No secret: the account is what a login on another device asks for. */
  readonly copies?: string;
}

function items({ url, serverWords, account, accountWords, devices }: AccountDevices): readonly Item[] {
  const { l10n } = vscode;
  return [
    separator(url),
    ...devices.map(
      (device): Item => ({
        label: `$(${device.isThisOne ? "vm-active" : "vm"}) ${device.id}`,
        ...(device.isThisOne ? { description: l10n.t("this one") } : {}),
        detail: l10n.t("Logged in {0}, last seen {1}", timeOf(device.enrolledAt), timeOf(device.seenAt)),
        device,
      }),
    ),
    separator(""),
    wordsItem(l10n.t("Words of the server"), serverWords),
    wordsItem(l10n.t("Words of your account"), accountWords),
    { label: l10n.t("Copy the account, for a login on another device"), detail: account, copies: account },
  ];
}

/** Twelve don't fit into a line, and of what people compare nothing may be cut off. */
function wordsItem(label: string, words: readonly string[]): Item {
  return { label, description: words.slice(0, 4).join(" "), detail: words.slice(4).join(" "), words };
}

async function showWords(label: string, words: readonly string[]): Promise<void> {
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  const detail = wordRows(words).join("\n");
  await vscode.window.showInformationMessage(label, { modal: true, detail }, close);
}

async function endDevice(window: Window, { id, isThisOne }: AccountDevice): Promise<void> {
  if (isThisOne) {
    await vscode.window.showInformationMessage(vscode.l10n.t('That is this device. "Log Out of the Server" ends it.'));
    return;
  }
  const isSure = await confirmed(
    vscode.l10n.t("End the device {0}?", id),
    vscode.l10n.t(
      "The server takes no more calls of it. What it has read before, it still has: change secrets that must not be known there.",
    ),
    vscode.l10n.t("End Device"),
  );
  if (!isSure) return;
  await removeDevice(window.own.paths, id);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("The device {0} is ended.", id)}`, 5000);
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
