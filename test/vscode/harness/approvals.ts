import type { FrameLocator } from "playwright-core";
import type { EditorWindow } from "./editor-window.ts";

/** The request in the approvals view that has `having` in its text: all of its text. */
export async function readApproval(window: EditorWindow, having: string): Promise<string> {
  return await window.step(`read the request with "${having}"`, async () => {
    const card = view(window).locator(".card").filter({ hasText: having }).first();
    await card.waitFor();
    return await card.innerText();
  });
}

/** Answers it by one of its buttons, once they take clicks. */
export async function answerApproval(window: EditorWindow, having: string, button: string): Promise<string> {
  const text = await readApproval(window, having);
  await window.step(`press "${button}" in the approvals view`, async () => {
    const card = view(window).locator(".card").filter({ hasText: having }).first();
    // Longer than the time in which a fresh button takes nothing.
    await window.page.waitForTimeout(800);
    await card.getByRole("button", { name: button, exact: true }).click();
    await card.waitFor({ state: "detached" });
  });
  return text;
}

/** Waits until no request is shown. */
export async function noApprovals(window: EditorWindow): Promise<void> {
  await window.step("see that no request waits", () =>
    view(window).locator(".card").first().waitFor({ state: "detached" }),
  );
}

/** All of the view's text. */
export async function readApprovalsView(window: EditorWindow): Promise<string> {
  return await view(window).locator("body").innerText();
}

/** Ours is the only webview while these tests look at it. */
function view(window: EditorWindow): FrameLocator {
  return window.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
}
