import * as vscode from "vscode";
import { CLIENT_NAMES, CLIENTS, type Scope } from "#mcp/client-setup/clients.ts";
import { planChange, writeChange } from "#mcp/client-setup/install.ts";
import { ownHome } from "#mcp/device/paths.ts";
import type { Window } from "../window.ts";
import { installShim } from "./install-ov.ts";

/** Adds `ov mcp serve` to another agent's configuration; shows the change first and keeps a copy of the old file. */
export async function setUpClient(window: Window): Promise<void> {
  const { own, context } = window;
  const names = CLIENT_NAMES.filter((name) => name !== "vscode");
  const client = await vscode.window.showQuickPick(
    names.map((name) => ({ label: CLIENTS[name].title, client: CLIENTS[name] })),
    { title: vscode.l10n.t("OpaqueVault: Set Up Another MCP Client"), placeHolder: vscode.l10n.t("Which one?") },
  );
  if (client === undefined) return;
  const scope = await vscode.window.showQuickPick<vscode.QuickPickItem & { readonly scope: Scope }>(
    [
      { label: vscode.l10n.t("For me, in every project"), scope: "user" },
      { label: vscode.l10n.t("For this project, shared with the team"), description: context.folder, scope: "project" },
    ],
    { title: client.label },
  );
  if (scope === undefined) return;
  const shim = await installShim(window);
  if (shim === undefined) return;
  const home = ownHome(own.env);
  const launch =
    scope.scope === "project"
      ? { command: "ov", args: ["mcp", "serve"], env: {} }
      : { command: shim.file, args: ["mcp", "serve"], env: home === undefined ? {} : { OV_HOME: home } };
  const places = { home: own.home, project: context.folder, env: own.env, platform: process.platform };
  const entry = JSON.parse(JSON.stringify(client.client.entry(launch, scope.scope))) as Record<string, unknown>; // without the absent
  const change = planChange(client.client, client.client.file(scope.scope, places), entry);
  if (change.kind === "same") {
    await vscode.window.showInformationMessage(
      vscode.l10n.t("{0} is set up already, in {1}.", client.label, change.file),
    );
    return;
  }
  const write = vscode.l10n.t("Write");
  const detail = `${change.file}\n\n${change.shown.join("\n")}`;
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("Set up {0}?", client.label),
    { modal: true, detail },
    write,
  );
  if (answer !== write) return;
  const backup = writeChange(change);
  const kept = backup === undefined ? "" : ` ${vscode.l10n.t("The old file is {0}.", backup)}`;
  await vscode.window.showInformationMessage(`${vscode.l10n.t("Written.")}${kept} ${client.client.next}`);
}
