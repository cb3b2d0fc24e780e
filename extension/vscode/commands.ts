import * as vscode from "vscode";
import { telling } from "./show-error.ts";
import type { Window } from "./window.ts";

/** Of a tree's menu, `argument` is the node and `selection` all that are selected. */
type Handler = (window: Window, argument: unknown, selection: unknown) => Promise<void>;

/** Every command of the extension. Its code is loaded when it is first used. */
export const COMMANDS: Readonly<Record<string, () => Promise<Handler>>> = {
  "opaquevault.createVault": async () => (await import("./commands/vault.ts")).createVault,
  "opaquevault.unlock": async () => (await import("./commands/vault.ts")).unlock,
  "opaquevault.lock": async () => (await import("./commands/vault.ts")).lock,
  "opaquevault.recoverVault": async () => (await import("./commands/recovery/recover-vault.ts")).recoverVault,
  "opaquevault.changePassword": async () => (await import("./commands/account.ts")).changePassword,
  "opaquevault.makeRecoveryKit": async () => (await import("./commands/recovery/recovery-kit.ts")).makeRecoveryKit,
  "opaquevault.splitRecoveryCode": async () => (await import("./commands/recovery/split-code.ts")).splitRecoveryCode,
  "opaquevault.logIn": async () => (await import("./commands/server/log-in.ts")).logIn,
  "opaquevault.logOut": async () => (await import("./commands/server/log-out.ts")).logOut,
  "opaquevault.showDevices": async () => (await import("./commands/server/devices.ts")).showDevices,
  "opaquevault.syncNow": async () => (await import("./commands/server/sync.ts")).syncNow,
  "opaquevault.moveToServer": async () => (await import("./commands/server/move-vault.ts")).moveToServer,
  "opaquevault.moveToMachine": async () => (await import("./commands/server/move-vault.ts")).moveToMachine,
  "opaquevault.invite": async () => (await import("./commands/sharing/invite.ts")).invite,
  "opaquevault.acceptInvite": async () => (await import("./commands/sharing/accept-invite.ts")).acceptInvite,
  "opaquevault.showMembers": async () => (await import("./commands/sharing/members.ts")).showMembers,
  "opaquevault.leaveEnvironment": async () => (await import("./commands/sharing/leave.ts")).leaveEnvironment,
  "opaquevault.createToken": async () => (await import("./commands/tokens/create-token.ts")).createToken,
  "opaquevault.showTokens": async () => (await import("./commands/tokens/tokens.ts")).showTokens,
  "opaquevault.createSecret": async () => (await import("./commands/secrets/create-secret.ts")).createSecret,
  "opaquevault.generateSecret": async () => (await import("./commands/secrets/create-secret.ts")).generateSecret,
  "opaquevault.editSecret": async () => (await import("./commands/secrets/edit-secret.ts")).editSecret,
  "opaquevault.rotateSecret": async () => (await import("./commands/rotation/rotate-secret.ts")).rotateSecret,
  "opaquevault.showRotations": async () => (await import("./commands/rotation/show-rotations.ts")).showRotations,
  "opaquevault.clearExposed": async () => (await import("./commands/secrets/replace-value.ts")).clearExposed,
  "opaquevault.deleteSecret": async () => (await import("./commands/secrets/delete-secret.ts")).deleteSecret,
  "opaquevault.restoreSecret": async () => (await import("./commands/secrets/delete-secret.ts")).restoreSecret,
  "opaquevault.destroySecret": async () => (await import("./commands/secrets/delete-secret.ts")).destroySecret,
  "opaquevault.secretHistory": async () => (await import("./commands/secrets/secret-history.ts")).secretHistory,
  "opaquevault.importSecrets": async () => (await import("./commands/import/import-secrets.ts")).importSecrets,
  "opaquevault.export": async () => (await import("./commands/export/export.ts")).exportFrom,
  "opaquevault.copyName": async () => (await import("./commands/secrets/take-out.ts")).copyName,
  "opaquevault.copyValue": async () => (await import("./commands/secrets/take-out.ts")).copyValue,
  "opaquevault.revealValue": async () => (await import("./commands/secrets/take-out.ts")).revealValue,
  "opaquevault.showAuditLog": async () => (await import("./commands/audit/show-audit-log.ts")).showAuditLog,
  "opaquevault.managePolicy": async () => (await import("./commands/policy.ts")).managePolicy,
  "opaquevault.installOv": async () => (await import("./commands/install-ov.ts")).installOv,
  "opaquevault.setUpClient": async () => (await import("./commands/set-up-client.ts")).setUpClient,
  "opaquevault.showMcpStatus": async () => (await import("./commands/mcp-status.ts")).showMcpStatus,
  "opaquevault.openWalkthrough": async () => (await import("./commands/help.ts")).openWalkthrough,
  "opaquevault.showLog": async () => (await import("./commands/help.ts")).showLog,
  "opaquevault.run": async () => (await import("./commands/run.ts")).run,
  "opaquevault.runLast": async () => (await import("./commands/run.ts")).runLast,
  "opaquevault.runTask": async () => (await import("./commands/run-task.ts")).runTask,
  "opaquevault.debug": async () => (await import("./commands/run-debug.ts")).debug,
  "opaquevault.openShell": async () => (await import("./commands/run.ts")).openShell,
  "opaquevault.selectContext": async () => (await import("./commands/context.ts")).selectContext,
  "opaquevault.createEnvironment": async () => (await import("./commands/environments.ts")).createEnvironment,
  "opaquevault.deleteEnvironment": async () => (await import("./commands/environments.ts")).deleteEnvironment,
  "opaquevault.compareEnvironments": async () =>
    (await import("./commands/compare-environments.ts")).compareEnvironments,
  "opaquevault.copyToEnvironment": async () => (await import("./commands/copy-or-move.ts")).copyToEnvironment,
  "opaquevault.refresh": async () => (await import("./commands/tree.ts")).refresh,
  "opaquevault.filter": async () => (await import("./commands/tree.ts")).filter,
  "opaquevault.clearFilter": async () => (await import("./commands/tree.ts")).clearFilter,
  "opaquevault.showMenu": async () => (await import("./commands/menu.ts")).showMenu,
  "opaquevault.moveToVault": async () => (await import("./hints/move-to-vault.ts")).moveToVault,
};

/**
 * Other extensions, and agents through them, can run any command with any argument. So none returns anything, takes a
 * command line or a decision; an argument counts only if it is an instance of a class of ours.
 */
export function registerCommands(window: Window): void {
  for (const [id, load] of Object.entries(COMMANDS)) {
    const run = (argument: unknown, selection: unknown): Promise<void> =>
      telling(window.log, async () => (await load())(window, argument, selection));
    window.extension.subscriptions.push(vscode.commands.registerCommand(id, run));
  }
}
