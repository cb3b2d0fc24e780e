import * as vscode from "vscode";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { auditLines } from "#mcp/device/audit-lines.ts";
import { readUserConfig, usualHours } from "#mcp/device/user-config.ts";
import type { Window } from "../../window.ts";

/**
 * All of the audit log, verified, with what is unusual marked. It takes seconds for a very long one: the list stands
 * there busy meanwhile, and closing it ends the reading. undefined = the person closed it, or the vault was locked.
 */
export async function readLog(
  window: Window,
  access: VaultAccess,
  locked: AbortSignal,
): Promise<readonly AuditLine[] | undefined> {
  const closed = new AbortController();
  const list = vscode.window.createQuickPick();
  list.title = `OpaqueVault: ${vscode.l10n.t("Audit Log")}`;
  list.placeholder = vscode.l10n.t("Verifying the audit log … Escape stops it.");
  list.ignoreFocusOut = true;
  list.busy = true;
  list.onDidHide(() => closed.abort());
  list.show();
  const ending = AbortSignal.any([closed.signal, locked]);
  try {
    return await Promise.race([read(window, access, ending), aborted(ending)]);
  } catch (error) {
    if (ending.aborted) return undefined;
    throw error;
  } finally {
    list.dispose();
  }
}

async function read({ own }: Window, access: VaultAccess, signal: AbortSignal): Promise<readonly AuditLine[]> {
  const config = readUserConfig(own.paths.config);
  const hours = usualHours(config);
  const server =
    config.server === undefined ? undefined : (await import("#mcp/device/this-server.ts")).thisServer(own.paths);
  try {
    return await auditLines(access, server, { anomalies: hours === undefined ? {} : { hours } }, signal);
  } finally {
    server?.client.close();
  }
}

/** A server that gives no answer holds up nobody who gave up. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined));
  });
}
