import { extname } from "node:path";
import * as vscode from "vscode";
import { cannotDebug } from "../debug/cannot-debug.ts";
import { debuggeeOf } from "../debug/launch.ts";
import type { Window } from "../window.ts";

interface LaunchItem extends vscode.QuickPickItem {
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly configuration: vscode.DebugConfiguration;
  readonly why: string | undefined;
}

/** Starts one of the launch configurations, or the file in view, with secrets. */
export async function debug(window: Window): Promise<void> {
  await window.deps();
  const items = [...activeFile(), ...launchConfigurations()];
  if (items.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t("There is nothing to debug yet. Open a JavaScript or Python file, or add a launch configuration."),
    );
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `OpaqueVault: ${vscode.l10n.t("Debug with Secrets")}`,
    placeHolder: vscode.l10n.t("What shall be debugged?"),
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  if (picked.why !== undefined) {
    await vscode.window.showWarningMessage(picked.why);
    return;
  }
  // Asked for by the configuration itself or by this command: the same is asked of the person.
  const { opaquevault = true } = picked.configuration;
  await vscode.debug.startDebugging(picked.folder, { ...picked.configuration, opaquevault });
}

function activeFile(): readonly LaunchItem[] {
  const { document } = vscode.window.activeTextEditor ?? {};
  const type = document?.uri.scheme === "file" ? TYPES[extname(document.fileName)] : undefined;
  if (document === undefined || type === undefined) return [];
  const program = document.fileName;
  const configuration = { type, request: "launch", name: vscode.workspace.asRelativePath(program), program };
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  return [
    { label: configuration.name, description: vscode.l10n.t("this file"), folder, configuration, why: undefined },
  ];
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "node",
  ".mjs": "node",
  ".cjs": "node",
  ".ts": "node",
  ".mts": "node",
  ".py": "debugpy",
};

function launchConfigurations(): readonly LaunchItem[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
    const stored: unknown = vscode.workspace.getConfiguration("launch", folder.uri).get("configurations");
    return (Array.isArray(stored) ? stored : []).filter(isLaunch).map((configuration) => {
      // A program may be added by its debugger's extension later.
      const found = debuggeeOf(configuration, { environment: {}, exists: () => false });
      const why = typeof found === "string" && found !== "program" ? cannotDebug(found, configuration.type) : undefined;
      const label = why === undefined ? configuration.name : `$(circle-slash) ${configuration.name}`;
      return { label, description: configuration.type, detail: why ?? "", folder, configuration, why };
    });
  });
}

function isLaunch(value: unknown): value is vscode.DebugConfiguration {
  return typeof value === "object" && value !== null && "type" in value && "name" in value && "request" in value;
}
