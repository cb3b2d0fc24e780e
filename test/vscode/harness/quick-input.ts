import type { Locator } from "playwright-core";
import { type EditorWindow, PATIENCE } from "./editor-window.ts";

/** What VS Code's quick input shows now: an input box, or a list to pick from. */
export interface QuickInput {
  readonly title: string;
  /** The hint in the empty box. */
  readonly placeholder: string;
  /** The line below the box: a prompt, or why the text is refused. */
  readonly message: string;
  readonly isPassword: boolean;
  /** The visible rows of a list, label and description. */
  readonly items: readonly string[];
}

/** Runs a command by its name in the palette, as a person does with F1: once more where something closed the palette. */
export async function runCommand(window: EditorWindow, name: string): Promise<void> {
  const choose = async (timeout: number): Promise<void> => {
    await window.page.keyboard.press("F1");
    const input = box(window);
    await input.waitFor({ timeout });
    await input.fill(`>${name}`, { timeout });
    const row = rows(window).filter({ has: window.page.getByText(name, { exact: true }) });
    await row.first().click({ timeout });
  };
  await window.step(`run the command ${name}`, () => choose(PATIENCE / 4).catch(() => choose(PATIENCE)));
}

/** Waits for an input box or list, by a piece of its title, hint or message. */
export async function readQuickInput(window: EditorWindow, having: string): Promise<QuickInput> {
  return await window.step(`read the box with "${having}"`, async () => {
    const shown = quick(window).filter({ visible: true });
    const hint = window.page.getByPlaceholder(having);
    await shown
      .filter({ hasText: having })
      .or(shown.filter({ has: hint }))
      .first()
      .waitFor();
    const list = quick(window).locator(".quick-input-list");
    // Its rows come a moment after its title, if it has any.
    if (await list.evaluate((element) => element.style.display !== "none")) {
      await rows(window)
        .first()
        .waitFor({ timeout: 5_000 })
        .catch(() => undefined);
    }
    const input = box(window);
    return {
      title: (await shown.locator(".quick-input-title").innerText()).trim(),
      placeholder: (await input.getAttribute("placeholder")) ?? "",
      message: (await shown.locator(".quick-input-message").innerText()).trim(),
      isPassword: (await input.getAttribute("type")) === "password",
      items: await rows(window).evaluateAll((all) => all.map((row) => row.innerText.replace(/\s*\n\s*/g, " ").trim())),
    };
  });
}

/** Types into the box that has `having` in its title, hint or message, and presses Enter. */
export async function typeInto(window: EditorWindow, having: string, text: string): Promise<QuickInput> {
  const shown = await readQuickInput(window, having);
  await window.step(`type into "${having}"`, async () => {
    await box(window).fill(text);
    await box(window).press("Enter");
  });
  return shown;
}

/** Saves as `path` in VS Code's own file dialog, of that title, once it shows the name that is offered. */
export async function saveAs(window: EditorWindow, title: string, offered: string, path: string): Promise<void> {
  await fileDialog(window, title, offered, path, "OK");
}

/** Opens `path` in VS Code's own file dialog, of that title, by its button. */
export async function openFile(window: EditorWindow, title: string, path: string, button: string): Promise<void> {
  await fileDialog(window, title, "", path, button);
}

async function fileDialog(window: EditorWindow, title: string, offered: string, path: string, button: string) {
  await readQuickInput(window, title);
  await window.step(`choose ${path} in "${title}"`, async () => {
    const shown = quick(window).filter({ visible: true, hasText: title });
    const end = Date.now() + PATIENCE;
    while (!(await box(window).inputValue()).endsWith(offered) && Date.now() < end)
      await window.page.waitForTimeout(50);
    // It takes no answer while it reads a folder, which typing makes it do, and then shows the folder again.
    while ((await shown.isVisible()) && Date.now() < end) {
      const answer = async () => {
        if ((await box(window).inputValue({ timeout: 1000 })) !== path) await box(window).fill(path, { timeout: 1000 });
        await shown.locator(".monaco-button", { hasText: button }).click({ timeout: 1000 });
      };
      await answer().catch(() => undefined);
      await shown.waitFor({ state: "hidden", timeout: 2000 }).catch(() => undefined);
    }
    await shown.waitFor({ state: "hidden", timeout: 1000 });
  });
}

/** Picks the row whose text has `label` from the list that has `having`. */
export async function pick(window: EditorWindow, having: string, label: string): Promise<QuickInput> {
  const shown = await readQuickInput(window, having);
  await window.step(`pick "${label}"`, async () => {
    // Where the pointer rests since the last list, a hover may cover the row that is meant.
    await window.page.mouse.move(2, 2);
    await rows(window).filter({ hasText: label }).first().click();
  });
  return shown;
}

/** Closes the box or list, as a person does who thinks better of it. */
export async function cancelQuickInput(window: EditorWindow): Promise<void> {
  await window.step("close the box", async () => {
    await box(window).press("Escape");
    await quick(window).filter({ visible: true }).waitFor({ state: "hidden" });
  });
}

function quick(window: EditorWindow): Locator {
  return window.page.locator(".quick-input-widget");
}

function box(window: EditorWindow): Locator {
  return quick(window).locator(".quick-input-box input").filter({ visible: true });
}

function rows(window: EditorWindow): Locator {
  return quick(window).locator(".quick-input-list .monaco-list-row");
}
