import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EditorWindow } from "./editor-window.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** A VS Code that shows what is tested and nothing else: no greeting, no chat panel, no look-ups, no movement. */
export const QUIET: Settings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.editor.useModal": "off",
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.colorTheme": "Dark Modern",
  "window.autoDetectColorScheme": false,
  "window.commandCenter": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "editor.cursorBlinking": "solid",
  "terminal.integrated.cursorBlinking": false,
  // Lines of a terminal are then elements of the page, which a test can read.
  "terminal.integrated.gpuAcceleration": "off",
  "terminal.integrated.shellIntegration.enabled": true,
};

/** Writes the user's settings.json, before VS Code starts. */
export function writeSettings(dataFolder: string, settings: Settings): void {
  const file = join(dataFolder, "data/User/settings.json");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(settings, undefined, 2));
}

/** Changes the user's settings while VS Code runs, as its settings page does; undefined takes one away. */
export async function changeSettings(window: EditorWindow, changes: Settings): Promise<void> {
  for (const [key, value] of Object.entries(changes)) {
    await window.inHost((vscode, name, to) => vscode.workspace.getConfiguration().update(name, to, true), key, value);
  }
}
