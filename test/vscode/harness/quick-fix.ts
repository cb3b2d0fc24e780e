import type { EditorWindow } from "./editor-window.ts";

/**
 * Opens the quick fixes where the cursor is, once `entry` is among them. VS Code closes them again when a language finds
 * something while they open, as it does in a file that was just opened: then they are asked for anew.
 */
export async function openQuickFix({ page, step }: EditorWindow, entry: string): Promise<void> {
  await step(`open the quick fixes, with "${entry}"`, async () => {
    const row = page.locator(".action-widget .monaco-list-row", { hasText: entry });
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      await page.keyboard.press("Control+.");
      const isThere = await row.waitFor({ timeout: SOON_MS }).then(
        () => true,
        () => false,
      );
      if (isThere) return;
    }
    await row.waitFor({ timeout: SOON_MS }); // throws, and says what was waited for
  });
}

const MOST_TRIES = 10;
const SOON_MS = 5000;
