import * as vscode from "vscode";
import { syncCache } from "#core/store/remote/sync.ts";
import { requireServer } from "#mcp/device/use-server.ts";
import { DEFAULT_OFFLINE_HOURS, readUserConfig } from "#mcp/device/user-config.ts";
import type { Window } from "../../window.ts";

/** Fetches all of the vault for when there is no network. Needs no password: all of it is ciphertext. */
export async function syncNow(window: Window): Promise<void> {
  const { paths } = window.own;
  const { store, link, cache, client } = requireServer(paths, window.remote.note);
  const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Fetching the vault …") };
  const synced = await vscode.window.withProgress(progress, () =>
    syncCache(store, link, cache).finally(() => client.close()),
  );
  window.secrets.refresh();
  const hours = readUserConfig(paths.config).offline_hours ?? DEFAULT_OFFLINE_HOURS;
  await vscode.window.showInformationMessage(
    [
      vscode.l10n.t("Fetched {0} secrets in {1} environments.", synced.secrets, synced.environments),
      ...(hours === 0 ? [] : [vscode.l10n.t("For {0} hours they can be used offline.", hours)]),
      ...(synced.sent === 0
        ? []
        : [vscode.l10n.t("{0} entries of the audit log that had waited were sent.", synced.sent)]),
    ].join(" "),
  );
}
