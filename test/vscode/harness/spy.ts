import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EditorWindow } from "./editor-window.ts";

/** To give to startVSCode({ extensionFolders }): it watches every window from its start. */
export const SPY = join(import.meta.dirname, "../fixtures/spy");

export interface Sighting {
  /** "terminal output", "task started" … */
  readonly where: string;
  readonly what: unknown;
}

/** Lets the spy look around, and gives all that it has seen in this window so far. */
export async function whatTheSpySaw(window: EditorWindow): Promise<readonly Sighting[]> {
  return await window.step("let the spy look around", async () => {
    const file = await window.inHost(async (vscode) => {
      const path = `${process.env.OV_TEST_HANDS}/spy-${process.pid}.json`;
      await vscode.commands.executeCommand("opaquevault-test.spy.look", path);
      return path;
    });
    return JSON.parse(readFileSync(file, "utf8")) as Sighting[];
  });
}

export interface TriedCommands {
  /** Each command is run with each of these lists of arguments. */
  readonly args?: readonly (readonly unknown[])[];
  readonly except?: readonly string[];
  /** ms to wait for one command's answer. */
  readonly patience?: number;
}

/** Lets the spy run every command of ours silently. What they return is among what it saw. Gives their names. */
export async function letTheSpyTryCommands(
  window: EditorWindow,
  options: TriedCommands = {},
): Promise<readonly string[]> {
  return await window.step("let the spy try commands", () =>
    window.inHost(
      async (vscode, how) =>
        (await vscode.commands.executeCommand("opaquevault-test.spy.tryCommands", how)) as readonly string[],
      options,
    ),
  );
}
