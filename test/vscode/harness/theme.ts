import type { EditorWindow } from "./editor-window.ts";
import { changeSettings } from "./settings.ts";

export const THEMES = {
  dark: { name: "Dark Modern", mark: "vs-dark" },
  light: { name: "Light Modern", mark: "vs" },
  "high-contrast": { name: "Default High Contrast", mark: "hc-black" },
} as const;

export type Theme = keyof typeof THEMES;

/** Changes the colours, and waits until this window has them. */
export async function setTheme(window: EditorWindow, theme: Theme): Promise<void> {
  const { name, mark } = THEMES[theme];
  await changeSettings(window, { "workbench.colorTheme": name });
  await window.step(`see ${name}`, () => window.page.waitForSelector(`.monaco-workbench.${mark}`));
}

/** A picture of the whole window, or of `part`. The pointer is put where it hovers over nothing. */
export async function screenshot(window: EditorWindow, file: string, part?: string): Promise<void> {
  await window.step(`take the picture ${file}`, async () => {
    await window.page.mouse.move(640, 2);
    const seen = part === undefined ? window.page : window.page.locator(part).first();
    await seen.screenshot({ path: file, animations: "disabled", caret: "hide" });
  });
}
