import type { Locator } from "playwright-core";
import type { EditorWindow } from "./editor-window.ts";

export interface Message {
  readonly text: string;
  readonly buttons: readonly string[];
}

/** The modal dialog that has `having` in its text. */
export async function readDialog(window: EditorWindow, having: string): Promise<Message> {
  return await window.step(`read the dialog with "${having}"`, async () => {
    const shown = dialog(window, having);
    await shown.waitFor();
    return { text: await shown.locator(".dialog-message-container").innerText(), buttons: await buttonsOf(shown) };
  });
}

/** Answers it by one of its buttons. */
export async function answerDialog(window: EditorWindow, having: string, button: string): Promise<Message> {
  const shown = await readDialog(window, having);
  await window.step(`press "${button}" in the dialog`, async () => {
    await dialog(window, having).locator(".monaco-button", { hasText: button }).first().click();
    await dialog(window, having).waitFor({ state: "detached" });
  });
  return shown;
}

/** The notification that has `having` in its text. */
export async function readNotification(window: EditorWindow, having: string): Promise<Message> {
  return await window.step(`read the notification with "${having}"`, async () => {
    const shown = toast(window, having);
    await shown.waitFor();
    const text = await shown.locator(".notification-list-item-message").innerText();
    return { text, buttons: await buttonsOf(shown) };
  });
}

export async function answerNotification(window: EditorWindow, having: string, button: string): Promise<Message> {
  const shown = await readNotification(window, having);
  await window.step(`press "${button}" in the notification`, () =>
    toast(window, having).locator(".monaco-button", { hasText: button }).first().click(),
  );
  return shown;
}

/** Waits until the status bar says it, as it does for a few seconds after something was done. */
export async function readStatus(window: EditorWindow, having: string): Promise<void> {
  await window.step(`read "${having}" in the status bar`, () =>
    window.page.locator(".statusbar", { hasText: having }).waitFor(),
  );
}

/** Texts of all notifications that are shown now. */
export async function notifications(window: EditorWindow): Promise<readonly string[]> {
  return await window.page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
}

function dialog(window: EditorWindow, having: string): Locator {
  return window.page.locator(".monaco-dialog-box").filter({ hasText: having });
}

function toast(window: EditorWindow, having: string): Locator {
  return window.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: having }).first();
}

async function buttonsOf(message: Locator): Promise<readonly string[]> {
  const texts = await message.locator(".monaco-button").allInnerTexts();
  return texts.map((text) => text.trim()).filter((text) => text !== "");
}
