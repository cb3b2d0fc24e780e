import { isUtf8 } from "node:buffer";
import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { formatContext } from "#core/vault/context.ts";
import { withPassword } from "../../ask-person.ts";
import { chooseSecret } from "../../pick-secret.ts";
import { SecretNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { revealText } from "./reveal-text.ts";
import { windowClipboard } from "./window-clipboard.ts";

/** The name is no secret: it stays on the clipboard. */
export async function copyName(window: Window, argument: unknown): Promise<void> {
  const picked =
    argument instanceof SecretNode ? argument : await chooseSecret(window, argument, vscode.l10n.t("Copy Name"));
  if (picked === undefined) return;
  await vscode.env.clipboard.writeText(picked.info.name);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("Copied the name {0}.", picked.info.name)}`, 5000);
}

export async function copyValue(window: Window, argument: unknown): Promise<void> {
  await withValue(window, argument, vscode.l10n.t("Copy Value"), async (value, place) => {
    if (isUtf8(value)) await copy(window, value, place);
    else await tellNoText(place);
  });
}

/** Shows a value in a modal dialog, which no other extension and no agent can read. */
export async function revealValue(window: Window, argument: unknown): Promise<void> {
  await withValue(window, argument, vscode.l10n.t("Reveal Value"), async (value, place) => {
    const revealed = revealText(value);
    if (revealed.kind === "binary") return tellNoText(place);
    if (revealed.kind === "text") {
      // No button to copy it: Enter would press it, and other extensions read the clipboard.
      const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
      await vscode.window.showInformationMessage(place, { modal: true, detail: revealed.shown }, close);
      return;
    }
    const detail = vscode.l10n.t(
      'With {0} lines it is too long for this dialog. Copy it, or use "ov secret reveal" in a terminal of your own.',
      revealed.lines,
    );
    const copyButton = vscode.l10n.t("Copy");
    const answer = await vscode.window.showInformationMessage(place, { modal: true, detail }, copyButton);
    if (answer === copyButton) await copy(window, value, place);
  });
}

/** Asks for the master password, and gives `use` the value for as long as it takes. */
async function withValue(
  window: Window,
  argument: unknown,
  title: string,
  use: (value: Buffer, place: string) => Promise<void>,
): Promise<void> {
  const picked = await chooseSecret(window, argument, title);
  if (picked === undefined) return;
  const { context, info } = picked;
  const place = `${formatContext(context)}/${info.name}`;
  const access = await window.unlocked();
  const value = await withPassword(
    title,
    vscode.l10n.t("Master password, to take out the value of {0}", place),
    (password) => access.reveal(context, info.name, undefined, password),
  );
  if (value === undefined) return;
  try {
    await use(Buffer.from(value.buffer, value.byteOffset, value.byteLength), place);
  } finally {
    wipe(value);
  }
}

async function copy(window: Window, value: Buffer, place: string): Promise<void> {
  await windowClipboard(window).copy(value.toString("utf8"));
  void vscode.window.showInformationMessage(
    vscode.l10n.t("Copied the value of {0}, for 30 seconds. A clipboard history may keep it for longer.", place),
  );
}

async function tellNoText(place: string): Promise<void> {
  await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The value of {0} is not text. "ov secret reveal {0}" shows it as base64, in a terminal of your own.',
      place,
    ),
  );
}
