import * as vscode from "vscode";
import { formatContext } from "#core/vault/context.ts";
import { type MenuCommand, menuEntries } from "../menu-entries.ts";
import type { Window } from "../window.ts";

/** The menu of the status bar. It only starts commands that anybody could start, and hands them nothing. */
export async function showMenu(window: Window): Promise<void> {
  const { kind: vault } = await window.vault.refresh();
  const waiting = window.queue.waiting.length;
  const isOnServer = window.remote.face.kind === "server";
  const isRotationOpen = window.rotations.current.some(({ isElsewhere }) => !isElsewhere);
  const state = { vault, isTrusted: vscode.workspace.isTrusted, waiting, isOnServer, isRotationOpen };
  const items = menuEntries(state).map(
    (entry): Item =>
      entry === "line" ? { label: "", kind: vscode.QuickPickItemKind.Separator } : itemOf(entry.command, window),
  );
  const picked = await vscode.window.showQuickPick(items, { title: "OpaqueVault" });
  if (picked?.command !== undefined) await vscode.commands.executeCommand(picked.command);
}

interface Item extends vscode.QuickPickItem {
  readonly command?: MenuCommand;
}

function itemOf(command: MenuCommand, window: Window): Item {
  const { icon, label } = face(command);
  const active = window.active.context;
  const description = {
    "opaquevault.selectContext": active === undefined ? vscode.l10n.t("none is selected") : formatContext(active),
    "opaquevault.approvals.focus": String(window.queue.waiting.length),
  };
  return {
    label,
    iconPath: new vscode.ThemeIcon(icon),
    description: description[command as keyof typeof description], // undefined for the others
    command,
  };
}

function face(command: MenuCommand): { readonly icon: string; readonly label: string } {
  const { l10n } = vscode;
  switch (command) {
    case "opaquevault.approvals.focus":
      return { icon: "bell-dot", label: l10n.t("Show What Waits for Approval") };
    case "opaquevault.createVault":
      return { icon: "add", label: l10n.t("Create Vault") };
    case "opaquevault.unlock":
      return { icon: "unlock", label: l10n.t("Unlock") };
    case "opaquevault.lock":
      return { icon: "lock", label: l10n.t("Lock") };
    case "opaquevault.recoverVault":
      return { icon: "question", label: l10n.t("Recover Vault with the Recovery Code") };
    case "opaquevault.run":
      return { icon: "play", label: l10n.t("Run with Secrets") };
    case "opaquevault.runLast":
      return { icon: "debug-rerun", label: l10n.t("Run Last Command with Secrets Again") };
    case "opaquevault.openShell":
      return { icon: "terminal", label: l10n.t("Open Shell with Secrets") };
    case "opaquevault.selectContext":
      return { icon: "target", label: l10n.t("Select Context") };
    case "opaquevault.createSecret":
      return { icon: "add", label: l10n.t("Create Secret") };
    case "opaquevault.importSecrets":
      return { icon: "cloud-upload", label: l10n.t("Import Secrets …") };
    case "opaquevault.export":
      return { icon: "cloud-download", label: l10n.t("Export …") };
    case "opaquevault.secrets.focus":
      return { icon: "list-tree", label: l10n.t("Show Secrets") };
    case "opaquevault.showRotations":
      return { icon: "sync-ignored", label: l10n.t("Rotations That Have Not Ended") };
    case "opaquevault.managePolicy":
      return { icon: "shield", label: l10n.t("Manage Grants and Policy") };
    case "opaquevault.showAuditLog":
      return { icon: "output", label: l10n.t("Show Audit Log") };
    case "opaquevault.showMcpStatus":
      return { icon: "plug", label: l10n.t("Show MCP Status") };
    case "opaquevault.openWalkthrough":
      return { icon: "book", label: l10n.t("Get Started") };
    case "opaquevault.logIn":
      return { icon: "cloud", label: l10n.t("Log In to a Server") };
    case "opaquevault.logOut":
      return { icon: "sign-out", label: l10n.t("Log Out") };
    case "opaquevault.showDevices":
      return { icon: "vm", label: l10n.t("Devices of a Server") };
    case "opaquevault.syncNow":
      return { icon: "sync", label: l10n.t("Sync Now") };
    case "workbench.trust.manage":
      return { icon: "workspace-untrusted", label: l10n.t("Manage Workspace Trust") };
  }
}
