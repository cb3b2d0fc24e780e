import type { WindowState } from "./window-vault.ts";

/** What the menu of the status bar depends on. */
export interface MenuState {
  readonly vault: WindowState["kind"];
  readonly isTrusted: boolean;
  /** Requests that wait for approval. */
  readonly waiting: number;
  /** The vault is on a server. */
  readonly isOnServer: boolean;
  /** A rotation was cut off. */
  readonly isRotationOpen: boolean;
}

/** A command, or a line between two groups. */
export type MenuEntry = { readonly command: MenuCommand } | "line";

export type MenuCommand =
  | "opaquevault.approvals.focus"
  | "opaquevault.createVault"
  | "opaquevault.unlock"
  | "opaquevault.lock"
  | "opaquevault.recoverVault"
  | "opaquevault.run"
  | "opaquevault.runLast"
  | "opaquevault.openShell"
  | "opaquevault.selectContext"
  | "opaquevault.createSecret"
  | "opaquevault.importSecrets"
  | "opaquevault.export"
  | "opaquevault.secrets.focus"
  | "opaquevault.showRotations"
  | "opaquevault.managePolicy"
  | "opaquevault.showAuditLog"
  | "opaquevault.showMcpStatus"
  | "opaquevault.openWalkthrough"
  | "opaquevault.logIn"
  | "opaquevault.logOut"
  | "opaquevault.showDevices"
  | "opaquevault.syncNow"
  | "workbench.trust.manage";

/** What makes sense now, the likeliest first. */
export function menuEntries({
  vault,
  isTrusted,
  waiting,
  isOnServer,
  isRotationOpen,
}: MenuState): readonly MenuEntry[] {
  const trust: readonly MenuCommand[] = isTrusted ? [] : ["workbench.trust.manage"];
  switch (vault) {
    case "absent":
      return grouped([
        ["opaquevault.createVault", "opaquevault.openWalkthrough"],
        ["opaquevault.importSecrets", "opaquevault.logIn", "opaquevault.recoverVault"],
        trust,
      ]);
    case "locked":
      return grouped([
        ["opaquevault.unlock", "opaquevault.recoverVault"],
        ["opaquevault.export"],
        isOnServer ? ["opaquevault.showDevices", "opaquevault.logOut"] : [],
        ["opaquevault.showMcpStatus", "opaquevault.openWalkthrough"],
        trust,
      ]);
    case "unlocked":
      return grouped([
        waiting > 0 ? ["opaquevault.approvals.focus"] : [],
        isRotationOpen ? ["opaquevault.showRotations"] : [],
        isTrusted ? ["opaquevault.run", "opaquevault.runLast", "opaquevault.openShell"] : trust,
        ["opaquevault.selectContext", "opaquevault.createSecret", "opaquevault.secrets.focus"],
        ["opaquevault.importSecrets", "opaquevault.export"],
        ["opaquevault.managePolicy", "opaquevault.showAuditLog", "opaquevault.showMcpStatus"],
        isOnServer ? ["opaquevault.syncNow", "opaquevault.showDevices", "opaquevault.logOut"] : [],
        ["opaquevault.lock"],
      ]);
  }
}

function grouped(groups: readonly (readonly MenuCommand[])[]): readonly MenuEntry[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => [
      ...(index === 0 ? [] : (["line"] as const)),
      ...group.map((command): MenuEntry => ({ command })),
    ]);
}
