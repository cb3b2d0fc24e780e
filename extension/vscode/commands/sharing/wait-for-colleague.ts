import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import type { Confirmed } from "#core/vault/sharing/confirm.ts";
import type { MemberInfo } from "#core/vault/sharing/list-members.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Window } from "../../window.ts";
import { messageOf } from "../../words/error-text.ts";
import type { Place } from "./places.ts";
import { roleText } from "./sharing-words.ts";
import { showWaiting } from "./waiting.ts";

interface OpenInvite {
  readonly id: string;
  readonly place: Place;
  readonly name: string | undefined;
  /** Of the first environment, before the invite was made. */
  readonly members: readonly MemberInfo[];
}

/** Grants as soon as the invite was accepted. Who stops waiting loses nothing: the unlocked vault grants by itself too. */
export async function waitForColleague(window: Window, access: VaultAccess, invite: OpenInvite): Promise<void> {
  const { id, place, name = vscode.l10n.t("your colleague") } = invite;
  const told = new Set<string>();
  let isTold = false;
  const title = vscode.l10n.t(
    "Waiting until {0} accepts the invite to {1}. Cancel ends only the waiting.",
    name,
    place.label,
  );
  const isOver = await showWaiting(title, async () => {
    const { confirmed, open } = await access.catchUp();
    for (const each of confirmed) {
      isTold ||= each.kind !== "failed" && each.id === id;
      tell(each, told);
    }
    return !open.includes(id);
  });
  window.secrets.refresh();
  // Granted by the vault's own look, or by another device; or it is over.
  if (isOver && !isTold) await tellByMembers(access, invite);
}

/** Each once, though what failed is tried again. */
function tell(confirmed: Confirmed, told: Set<string>): void {
  const text = textOf(confirmed);
  if (told.has(text)) return;
  told.add(text);
  if (confirmed.kind === "joined") void vscode.window.showInformationMessage(text);
  else void vscode.window.showErrorMessage(text);
}

function textOf(confirmed: Confirmed): string {
  const { l10n } = vscode;
  switch (confirmed.kind) {
    case "joined": {
      const { who, role, contexts } = confirmed;
      return l10n.t("{0} is in: {1} of {2}.", who, roleText(role), contexts.map(formatContext).join(", "));
    }
    case "forged":
      return l10n.t(
        "An invite was accepted by somebody who did not have its code. Nothing was granted, and the invite is over. Ask the one who runs the server, and make a new one.",
      );
    case "failed":
      return l10n.t(
        "An accepted invite could not be granted: {0}",
        messageOf(new VaultError(confirmed.code, confirmed.message)),
      );
  }
}

async function tellByMembers(access: VaultAccess, { place, members }: OpenInvite): Promise<void> {
  const before = new Set(members.map(({ fingerprint }) => fingerprint));
  const now = await access.members(place.contexts[0]!); // a place has one at least
  const joined = now.members.find(({ fingerprint }) => !before.has(fingerprint));
  void vscode.window.showInformationMessage(
    joined === undefined
      ? vscode.l10n.t("The invite to {0} is over: it was taken back, has expired, or was refused.", place.label)
      : vscode.l10n.t("{0} is in: {1} of {2}.", joined.who, roleText(joined.role), place.label),
  );
}
