import * as vscode from "vscode";
import { serverWords } from "#core/crypto/server-words.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { openInvite } from "#core/store/remote/invites.ts";
import { formatContext } from "#core/vault/context.ts";
import { type InviteCode, inviteKeys, parseInviteCode, wipeInviteKeys } from "#core/vault/invite-code.ts";
import { contextsOf, type Offer, openOfferOf } from "#core/vault/sharing/offer.ts";
import { wordsOf } from "#core/vault/sharing/people.ts";
import { type FoundServer, findServer, wordRows } from "#mcp/device/find-server.ts";
import { clientOf } from "#mcp/device/this-server.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { confirmed } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import type { WindowState } from "../../window-vault.ts";
import { windowError } from "../../words/error-text.ts";
import { roleText } from "./sharing-words.ts";

export interface LookedAt {
  readonly server: FoundServer;
}

/**
 * Shows who invites into what, and waits for a yes; nothing is taken yet. undefined = the person would rather not.
 * Refuses where the vault is elsewhere than the invite, with the way there.
 */
export async function lookAtInvite(
  window: Window,
  text: string,
  vault: WindowState["kind"],
): Promise<LookedAt | undefined> {
  const code = parseInviteCode(text);
  try {
    if (vault !== "absent") requireThere(window, code);
    const progress = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Looking at the invite …"),
    };
    const { server, offer } = await vscode.window.withProgress(progress, () => look(window, code));
    return (await isWanted(server, offer, vault)) ? { server } : undefined;
  } finally {
    wipe(code.secret);
  }
}

function requireThere({ own, remote: { face } }: Window, { url, serverId }: InviteCode): void {
  const invited = new URL(url).origin;
  if (face.kind !== "server") {
    throw windowError(
      "argument-invalid",
      vscode.l10n.t(
        'Your vault is on this machine, and the invite is of {0}. Take the vault there first, with this same code, in a terminal: "ov vault move --to {0} --invite CODE". Then accept the invite again.',
        invited,
      ),
    );
  }
  if (readUserConfig(own.paths.config).server_id === serverId.toString("hex")) return;
  throw windowError(
    "argument-invalid",
    vscode.l10n.t(
      "This invite is of another server, {0}. An account is on one server: ask for an invite from {1}.",
      invited,
      face.url,
    ),
  );
}

async function look({ own: { paths } }: Window, { secret, serverId, url }: InviteCode) {
  const server = await findServer(paths, url, serverId.toString("hex"));
  const keys = inviteKeys(secret);
  const client = clientOf(paths, server.url, server.serverId, localVault(paths).device);
  try {
    return { server, offer: openOfferOf(keys, (await openInvite(client, keys)).offer) };
  } finally {
    wipeInviteKeys(keys);
    client.close();
  }
}

function isWanted({ url, serverId }: FoundServer, offer: Offer, vault: WindowState["kind"]): Promise<boolean> {
  const { l10n } = vscode;
  const places = contextsOf(offer).map(formatContext).join(", ");
  const detail = [
    l10n.t("It is from the account:"),
    wordRows(wordsOf(offer.inviter).split(" ")).join("\n"),
    l10n.t("On the server {0}:", url),
    wordRows(serverWords(serverId)).join("\n"),
    l10n.t("Both are in the code. If you don't trust the way that it came by, compare the words on the phone."),
    ...(vault === "absent"
      ? [l10n.t("You have no vault yet: you get an account there, and choose a master password.")]
      : []),
  ];
  const question = l10n.t("Accept the invite to {0} as {1}?", places, roleText(offer.role));
  return confirmed(question, detail.join("\n\n"), l10n.t("Accept"));
}
