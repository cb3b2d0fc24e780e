import * as vscode from "vscode";
import { isVaultError } from "#core/vault-error.ts";
import { type FoundServer, findServer, wordRows } from "#mcp/device/find-server.ts";
import { askLine, confirmed } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { messageOf } from "../../words/error-text.ts";

/**
 * Asks for a server, and shows who it says that it is. undefined = the person closed the box, or these are not the
 * words: then nothing was sent to it. Refuses with `server-changed` where it is another one than was confirmed before.
 */
export async function askServer(window: Window, title: string): Promise<FoundServer | undefined> {
  let found: FoundServer | undefined;
  let changed: unknown;
  const gone = new AbortController();
  await askLine({
    title,
    prompt: vscode.l10n.t("The server's address, as the one who runs it told you"),
    placeholder: "https://vault.example.com",
    tryIt: async (text) => {
      try {
        found = await findServer(window.own.paths, text.trim(), undefined, gone.signal);
      } catch (error) {
        if (isVaultError(error) && error.code !== "server-changed") return messageOf(error);
        changed = error;
      }
      return undefined;
    },
  });
  gone.abort();
  if (changed !== undefined) throw changed;
  if (found === undefined || found.isConfirmed) return found;
  const isSame = await confirmed(
    vscode.l10n.t("Are these the words of {0}?", found.url),
    `${wordRows(found.words).join("\n")}\n\n${vscode.l10n.t("Compare them with what the server printed at its start, or with what the one who runs it tells you. Whoever is in between has other words.")}`,
    vscode.l10n.t("These Are the Words"),
  );
  return isSame ? found : undefined;
}
