import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { formatContext, requireContext } from "#core/vault/context.ts";
import { inviteKeys, parseInviteCode, wipeInviteKeys } from "#core/vault/invite-code.ts";
import type { JoinNames } from "#core/vault/sharing/join.ts";
import { requirePersonName } from "#core/vault/sharing/people.ts";
import { askLine, withPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { refusalOf, windowError } from "../../words/error-text.ts";
import { type LookedAt, lookAtInvite } from "./look-at-invite.ts";
import { newAccountFor } from "./new-account.ts";
import { showWaiting } from "./waiting.ts";

/** Takes an invite, after a look at who gives it and the master password; then waits for the keys. */
export async function acceptInvite(window: Window): Promise<void> {
  const title = vscode.l10n.t("Accept Invite");
  const text = await askCode(title);
  if (text === undefined) return;
  const { kind } = await window.vault.refresh();
  const looked = await lookAtInvite(window, text, kind);
  const names = looked && (await askName(title));
  if (looked === undefined || names === undefined) return;
  const access = await (kind === "absent"
    ? acceptByNewAccount(window, title, text, looked, names)
    : acceptByThisVault(window, title, text, names));
  if (access !== undefined) await waitForKeys(window, access, text);
}

/** Hidden, since a picture of the window would let others in. */
function askCode(title: string): Promise<string | undefined> {
  return askLine({
    title,
    prompt: vscode.l10n.t("The invite code that you were given"),
    placeholder: "ovi1_…",
    hidden: true,
    problem: (typed) =>
      refusalOf(() => {
        const { secret, url } = parseInviteCode(typed);
        wipe(secret);
        if (!PLAIN_URL.test(url)) {
          throw windowError(
            "argument-invalid",
            vscode.l10n.t("This invite names no server that can be used. Ask for a new one."),
          );
        }
      }),
  });
}

/** undefined = the person closed the box. */
async function askName(title: string): Promise<JoinNames | undefined> {
  const name = await askLine({
    title,
    prompt: vscode.l10n.t("What you call the one who invited you; only you see it. Empty: they are shown by words."),
    problem: (text) => (text.trim() === "" ? undefined : refusalOf(() => requirePersonName(text))),
  });
  if (name === undefined) return undefined;
  return name.trim() === "" ? {} : { inviter: name.trim() };
}

async function acceptByThisVault(
  window: Window,
  title: string,
  text: string,
  names: JoinNames,
): Promise<VaultAccess | undefined> {
  const access = await window.unlocked();
  const isTaken = await withPassword(
    title,
    vscode.l10n.t("Master password, to accept the invite"),
    async (password) => {
      await access.acceptInvite(text, names, password);
      return true;
    },
  );
  return isTaken ? access : undefined;
}

async function acceptByNewAccount(
  window: Window,
  title: string,
  text: string,
  { server }: LookedAt,
  names: JoinNames,
): Promise<VaultAccess | undefined> {
  return newAccountFor(window, title, text, server, (access, password) => access.acceptInvite(text, names, password));
}

/** What can be used now and could not before: other looks than this one may take the keys too. */
async function waitForKeys(window: Window, access: VaultAccess, text: string): Promise<void> {
  const { secret } = parseInviteCode(text);
  const keys = inviteKeys(secret);
  const { id } = keys;
  wipe(secret);
  wipeInviteKeys(keys);
  const before = new Set(await contextsOf(access));
  const title = vscode.l10n.t(
    "Accepted. Waiting for the keys, which come while the vault of the one who invited you is unlocked. Cancel ends only the waiting.",
  );
  const isOver = await showWaiting(title, async () => !(await access.catchUp()).joining.includes(id));
  window.secrets.refresh();
  if (!isOver) return;
  const joined = (await contextsOf(access)).filter((context) => !before.has(context));
  void vscode.window.showInformationMessage(
    joined.length === 0
      ? vscode.l10n.t("The invite is over. The tree shows what you can use.")
      : vscode.l10n.t("{0} is yours to use.", joined.join(", ")),
  );
}

async function contextsOf(access: VaultAccess): Promise<readonly string[]> {
  return (await access.apps()).flatMap(({ app, environments }) =>
    environments.map(({ environment }) => formatContext(requireContext(app, environment))),
  );
}

/** Notifications make links of brackets, and whoever makes a code writes its address. */
const PLAIN_URL = /^https?:\/\/[\w.:[\]-]{1,300}(?:\/[\w./-]{0,200})?$/;
