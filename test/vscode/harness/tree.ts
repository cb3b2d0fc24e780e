import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Locator } from "playwright-core";
import { type EditorWindow, PATIENCE } from "./editor-window.ts";

export interface TreeRow {
  /** 1 at the root. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly expanded: boolean | undefined;
}

/** Opens a container of the activity bar by its title. */
export async function openContainer(window: EditorWindow, title: string): Promise<void> {
  await window.step(`open ${title} in the activity bar`, async () => {
    const entry = window.page.locator(".activitybar .action-item", { has: window.page.getByLabel(title) }).first();
    if ((await entry.getAttribute("class"))?.includes("checked") === true) return;
    await entry.click();
  });
}

/**
 * The visible rows of a view's tree, once they are as `expected`, by what `read` takes of them: a tree comes row by row.
 * Where that never happens, the assertion shows what is different.
 */
export async function expectTree(
  window: EditorWindow,
  view: string,
  read: (rows: readonly TreeRow[]) => unknown,
  expected: unknown,
): Promise<readonly TreeRow[]> {
  return await window.step(`see the rows of ${view}`, async () => {
    for (const end = Date.now() + PATIENCE; ; await window.page.waitForTimeout(50)) {
      const rows = await readTree(window, view);
      if (isDeepStrictEqual(read(rows), expected)) return rows;
      if (Date.now() > end) assert.deepEqual(read(rows), expected);
    }
  });
}

/** The rows as they are now. */
export async function readTree(window: EditorWindow, view: string): Promise<readonly TreeRow[]> {
  return await rowsOf(window, view).evaluateAll((rows) =>
    rows.map((row) => ({
      level: Number(row.getAttribute("aria-level")),
      label: row.querySelector(".label-name")?.textContent ?? "",
      description: row.querySelector(".label-description")?.textContent ?? "",
      spoken: row.getAttribute("aria-label") ?? "",
      expanded: row.hasAttribute("aria-expanded") ? row.getAttribute("aria-expanded") === "true" : undefined,
    })),
  );
}

/** Waits for the row of a view's tree that has `text`, and gives it for clicks. */
export async function treeRow(window: EditorWindow, view: string, text: string): Promise<Locator> {
  const row = rowsOf(window, view).filter({ hasText: text }).first();
  await window.step(`find "${text}" in ${view}`, () => row.waitFor());
  return row;
}

/** Picks an entry of a row's context menu. */
export async function chooseInMenu(window: EditorWindow, row: Locator, entry: string): Promise<void> {
  await window.step(`choose "${entry}" in the menu`, async () => {
    await row.click({ button: "right" });
    const action = window.page.locator(".monaco-menu .action-label", { hasText: entry }).first();
    await action.waitFor();
    // A menu takes no click for a moment, so that the one which opened it picks nothing.
    await window.page.waitForTimeout(500);
    await action.click();
    await action.waitFor({ state: "detached" });
  });
}

/** Waits until a view says `text` above its tree; undefined = nothing. The tree says it a moment after the status bar. */
export async function readMessage(window: EditorWindow, view: string, text: RegExp | undefined): Promise<void> {
  const message = pane(window, view).locator(".message");
  await window.step(`read ${text ?? "nothing"} above the tree of ${view}`, () =>
    text === undefined
      ? message.filter({ hasText: /\S/ }).waitFor({ state: "detached" })
      : message.filter({ hasText: text }).waitFor(),
  );
}

/** The text of an empty view, with its links. */
export async function readWelcome(window: EditorWindow, view: string): Promise<string> {
  return await window.step(`read the welcome of ${view}`, async () => {
    const welcome = pane(window, view).locator(".welcome-view-content");
    await welcome.waitFor();
    return await welcome.innerText();
  });
}

/** Presses a link or button of an empty view. */
export async function pressWelcome(window: EditorWindow, view: string, label: string): Promise<void> {
  await window.step(`press "${label}" in ${view}`, () =>
    pane(window, view).locator(".welcome-view-content").getByText(label, { exact: true }).click(),
  );
}

function pane(window: EditorWindow, view: string): Locator {
  return window.page
    .locator(".sidebar .pane")
    .filter({ has: window.page.locator(".pane-header", { hasText: view }) })
    .first();
}

function rowsOf(window: EditorWindow, view: string): Locator {
  return pane(window, view).locator(".monaco-list-row");
}
