import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { BrowserContext, Page } from "playwright-core";
import { type Hand, nextHand } from "./hand.ts";
import type { HostSuite } from "./host-suite.ts";

/** One window of VS Code, as a person sees it (`page`) and as an extension in it does (`inHost`). */
export interface EditorWindow {
  readonly page: Page;
  /**
   * Runs a function in the window's extension host: `inHost((vscode, name) => …, name)`. It can use its arguments and
   * nothing around it; arguments and result are JSON.
   */
  readonly inHost: Hand["run"];
  /** Does a step of a test. A failure tells the step, and where the picture of the window at that moment is. */
  step<T>(what: string, action: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly port: number;
  readonly folder: string;
  readonly hands: string;
}

/** ms; the longest that a test waits for something to appear. Many times what it takes, for machines that others use. */
export const PATIENCE = 60_000;

export async function openEditorWindow(browser: BrowserContext, options: WindowOptions): Promise<EditorWindow> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const step = stepper(page);
  const hand = await step(`open ${options.folder}`, async () => {
    const arrival = nextHand(options.hands);
    await page.goto(windowAddress(options.port, options.folder));
    await page.waitForSelector(".monaco-workbench .activitybar");
    return await arrival;
  });
  return { page, inHost: hand.run, step, close: () => page.close() };
}

function windowAddress(port: number, folder: string): string {
  return `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`;
}

/** The address of a window that runs a mocha suite in its extension host. */
export function suiteAddress(port: number, folder: string, suite: HostSuite): string {
  const at = (path: string) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ["extensionDevelopmentPath", at(suite.developmentFolder)],
    ["extensionTestsPath", at(suite.testsFile)],
  ];
  return `${windowAddress(port, folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Pictures of failures outlive the test, so they are not in its own folder. */
const FAILURES = join(tmpdir(), "opaquevault-test-failures");

function stepper(page: Page): EditorWindow["step"] {
  return async (what, action) => {
    try {
      return await action();
    } catch (error) {
      const picture = join(FAILURES, `${process.pid}-${Date.now()}.png`);
      mkdirSync(FAILURES, { recursive: true });
      const taken = await page.screenshot({ path: picture }).then(() => picture, String);
      const why = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
      throw new Error(`Could not ${what}: ${why}\nThe window: ${taken}`);
    }
  };
}
