import * as vscode from "vscode";
import type { Window } from "../window.ts";

/**
 * Hands secrets to launch configurations that ask for them by `"opaquevault": …`. Registered for every type, so that
 * one which can't be served says so instead of starting without. What does it is loaded when it is asked for.
 */
export function debugProvider(window: Window): vscode.Disposable {
  const provider: vscode.DebugConfigurationProvider = {
    resolveDebugConfigurationWithSubstitutedVariables: async (folder, configuration, cancelled) => {
      const { opaquevault } = configuration;
      // A text is what we put there: the configuration is prepared already.
      if (opaquevault === undefined || opaquevault === false || typeof opaquevault === "string") return configuration;
      const { prepareLaunch } = await import("./prepare-launch.ts");
      return prepareLaunch(window, folder, configuration, cancelled);
    },
  };
  return vscode.debug.registerDebugConfigurationProvider("*", provider);
}
